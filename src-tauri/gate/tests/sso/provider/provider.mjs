// The certified OpenID provider of npm's `oidc-provider`, over TLS on this machine, with its own pages.
//
// argv: the directory of its packages. stdin, a line each: its certificate; its settings; deeds.
import { generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:https';
import { createInterface } from 'node:readline';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const library = (...path) => import(pathToFileURL(join(process.argv[2], 'oidc-provider', 'lib', ...path)));
const { Provider } = await library('index.js');
const { createMemoryAdapter } = await library('adapters', 'memory_adapter.js');
// One for all, so that a provider that is opened anew with other keys knows its tokens.
const adapter = createMemoryAdapter();

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const next = async () => {
  const { value, done } = await lines.next();
  return done ? undefined : JSON.parse(value);
};
const say = (what) => process.stdout.write(`${JSON.stringify(what)}\n`);

function key(kid) {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return { ...privateKey.export({ format: 'jwk' }), kid, use: 'sig', alg: 'RS256' };
}

const certificate = await next();
let settings;
let keys = [key('first')];
let handler;

function open(issuer) {
  const provider = new Provider(issuer, {
    adapter,
    clients: settings.clients,
    jwks: { keys },
    cookies: { keys: ['made up for a test'] },
    claims: { profile: ['preferred_username'], email: ['email', 'email_verified'] },
    findAccount: (_ctx, id) => ({
      accountId: id,
      claims: () => ({
        sub: id,
        preferred_username: `user.${id}`,
        email: `${id}@corp.example`,
        email_verified: true,
      }),
    }),
    features: {
      claimsParameter: { enabled: settings.claims },
      devInteractions: { enabled: true },
      revocation: { enabled: true },
      rpInitiatedLogout: { enabled: true },
    },
    conformIdTokenClaims: settings.claims,
    pkce: { required: () => true },
    rotateRefreshToken: true,
    ttl: { AccessToken: 600, IdToken: 600, RefreshToken: 3600, Session: 3600, Grant: 3600, Interaction: 600 },
  });
  provider.on('server_error', (_ctx, error) => say({ error: error.stack }));
  handler = provider.callback();
}

const server = createServer(certificate, (request, response) => handler(request, response));
server.listen(0, 'localhost', async () => {
  const issuer = `https://localhost:${server.address().port}`;
  say({ issuer });
  settings = await next();
  open(issuer);
  say({ done: 'open' });
  for (let deed = await next(); deed !== undefined; deed = await next()) {
    // The new key signs from now on; the old one is still shown, or no longer.
    keys = deed.rotate === 'add' ? [key('second'), ...keys] : [key('third')];
    open(issuer);
    say({ done: deed.rotate });
  }
  server.close();
  process.exit(0);
});

// Signs in through Duo's unmodified `@duosecurity/duo_universal` and the tenant's prompt, and prints one line per behaviour.
'use strict'
const assert = require('assert').strict
const { Client } = require('@duosecurity/duo_universal')
const { agent, open, send } = require('./prompt.js')
const { check, dana, here, phone, policy, ringing, run, script, tap } = require('./tenant.js')

const BACK = 'http://localhost:49152/back'
const HOST = `${here.host}:${here.port}`

// Version 3.0.0 pins Duo's CAs and has no option for another; its own axios can be told, with the SDK as it is.
function client (options = {}) {
  const { trusted = true, ...rest } = options
  const sdk = new Client({ clientId: here.client_id, clientSecret: here.client_secret, apiHost: HOST, redirectUrl: BACK, ...rest })
  if (trusted) sdk.axios.defaults.httpsAgent = agent()
  return sdk
}

async function refused (words, call) {
  let answer
  try {
    answer = await call()
  } catch (cause) {
    assert.equal(cause.name, 'DuoException', cause.stack)
    assert.match(cause.message, words)
    return
  }
  assert.fail(`was not refused: ${JSON.stringify(answer)}`)
}

// What the browser brings back once the phone has approved.
async function approved (sdk, user = 'dana') {
  const state = sdk.generateState()
  const prompt = await open(await sdk.createAuthUrl(user, state))
  await prompt.post('push')
  assert.equal((await tap((await phone(ringing)).txid, 'approve')).status, 200)
  assert.equal(await prompt.status(), 'allow')
  const back = await prompt.returned()
  assert.equal(back.state, state)
  return back
}

const exchanged = (sdk, back, user = 'dana', nonce = null) => sdk.exchangeAuthorizationCodeFor2FAResult(back.duo_code, user, nonce)

// What the SDK makes of the next token.
async function withToken (tamper) {
  const sdk = client()
  const back = await approved(sdk)
  await script({ id_token: tamper })
  return exchanged(sdk, back)
}

check('healthCheck', async () => {
  assert.ok((await client().healthCheck()).response.timestamp > 1600000000)
})

check('healthCheck: wrong secret, wrong client_id, unknown CA', async () => {
  await refused(/Failed to verify signature\./, () => client({ clientSecret: 'x'.repeat(40) }).healthCheck())
  await refused(/The provided client_assertion was invalid\./, () => client({ clientId: 'DI' + 'X'.repeat(18) }).healthCheck())
  await refused(/certificate|self-signed|issuer/, () => client({ trusted: false }).healthCheck())
})

check('push approved: healthCheck, createAuthUrl, exchange', async () => {
  const sdk = client()
  assert.equal((await sdk.healthCheck()).stat, 'OK')
  const token = await exchanged(sdk, await approved(sdk))
  assert.deepEqual([token.preferred_username, token.sub, token.aud, token.iss], ['dana', 'dana', here.client_id, `https://${HOST}/oauth/v1/token`])
  assert.deepEqual([token.auth_context.factor, token.auth_context.reason, token.auth_result.result], ['duo_push', 'user_approved', 'allow'])
  assert.equal('nonce' in token, false)
})

check('a nonce that was never sent is missed by the SDK', async () => {
  const sdk = client()
  const back = await approved(sdk)
  await refused(/nonce is invalid/, () => exchanged(sdk, back, 'dana', 'n'.repeat(36)))
})

check('useDuoCodeAttribute: false names the code code', async () => {
  const sdk = client({ useDuoCodeAttribute: false })
  const { state, ...rest } = await approved(sdk)
  assert.deepEqual(Object.keys(rest), ['code'])
  await sdk.exchangeAuthorizationCodeFor2FAResult(rest.code, 'dana')
})

check('passcode: a wrong one stays on the page, a right one signs in', async () => {
  const sdk = client()
  const prompt = await open(await sdk.createAuthUrl('dana', sdk.generateState()))
  await prompt.post('passcode', { passcode: '000000' })
  assert.match(await prompt.page(), /This passcode is wrong/)
  await prompt.post('passcode', { passcode: '333333' })
  assert.equal((await exchanged(sdk, await prompt.returned())).auth_context.factor, 'passcode')
})

check('bypass code: signs in, once', async () => {
  const sdk = client()
  for (const want of ['allow', 'deny']) {
    const prompt = await open(await sdk.createAuthUrl('dana', sdk.generateState()))
    await prompt.post('passcode', { passcode: '999999999' })
    assert.equal(await prompt.status(), want)
  }
})

check('Verified Duo Push: the code of the page is typed on the phone', async () => {
  await policy({ verified_digits: 6 })
  const sdk = client()
  const prompt = await open(await sdk.createAuthUrl('dana', sdk.generateState()))
  await prompt.post('push')
  const push = await phone(ringing)
  const [, code] = (await prompt.page()).match(/class="code"[^>]*>(\d{6})</)
  assert.equal((await tap(push.txid, 'approve')).status, 400)
  assert.equal((await tap(push.txid, 'approve', code)).status, 200)
  assert.equal((await exchanged(sdk, await prompt.returned())).auth_context.factor, 'verified_duo_push')
})

check('wrong secret: no prompt, no token', async () => {
  const forger = client({ clientSecret: 'x'.repeat(40) })
  const { pathname, search } = new URL(await forger.createAuthUrl('dana', 's'.repeat(36)))
  const { status, text } = await send('GET', pathname + search)
  assert.deepEqual([status, text.includes('not signed by the client secret')], [400, true])
  const back = await approved(client())
  await refused(/invalid_client: Failed to verify signature\./, () => exchanged(forger, back))
})

check('state length: 22 and 1024 pass, the SDK refuses 21 and 1025', async () => {
  for (const length of [22, 1024]) {
    assert.equal((await open(await client().createAuthUrl('dana', 's'.repeat(length)))).entry, '/frame/prompt')
  }
  for (const length of [21, 1025]) await refused(/State must be between/, () => client().createAuthUrl('dana', 's'.repeat(length)))
})

check('redirect_uri: an IP literal and plain http elsewhere open no prompt', async () => {
  for (const redirectUrl of ['http://127.0.0.1:49152/back', 'http://app.example/back', 'thumbturn://back']) {
    const { pathname, search } = new URL(await client({ redirectUrl }).createAuthUrl('dana', 's'.repeat(36)))
    const { status, location } = await send('GET', pathname + search)
    assert.deepEqual([status, location], [400, undefined])
  }
})

check('redirect_uri beside the request object must agree with it', async () => {
  const url = new URL(await client().createAuthUrl('dana', 's'.repeat(36)))
  assert.equal(url.searchParams.get('redirect_uri'), BACK)
  url.searchParams.set('redirect_uri', 'https://evil.example/')
  const { status, text } = await send('GET', url.pathname + url.search)
  assert.deepEqual([status, text.includes('do not agree')], [400, true])
})

check('wrong user: a token for dana is none for eve', async () => {
  const sdk = client()
  for (const user of ['eve', 'DANA']) {
    const back = await approved(sdk)
    await refused(/username is invalid/, () => exchanged(sdk, back, user))
  }
})

check('used, expired and made-up codes are invalid_grant', async () => {
  const sdk = client()
  const used = await approved(sdk)
  await exchanged(sdk, used)
  await refused(/^invalid_grant: /, () => exchanged(sdk, used))
  const old = await approved(sdk)
  await script({ advance: { seconds: 301 } })
  await refused(/^invalid_grant: /, () => exchanged(sdk, old))
  await refused(/^invalid_grant: /, () => exchanged(sdk, { duo_code: 'made-up' }))
})

check('other redirect_uri is invalid_grant', async () => {
  const back = await approved(client())
  await refused(/does not match the redirection URI/, () => exchanged(client({ redirectUrl: 'http://localhost:49152/other' }), back))
})

check('denied: stays on the page, says so, and can be tried again', async () => {
  const sdk = client()
  const prompt = await open(await sdk.createAuthUrl('dana', sdk.generateState()))
  await prompt.post('push')
  await tap((await phone(ringing)).txid, 'deny')
  assert.equal(await prompt.status(), 'deny')
  assert.match(await prompt.page(), /was denied on your phone/)
  await prompt.post('push')
  await tap((await phone(ringing)).txid, 'approve')
  await exchanged(sdk, await prompt.returned())
})

check('cancelled and refused by policy: access_denied with the state', async () => {
  for (const [turn, words] of [[null, /Confirm it/], ['refused_by_policy', /does not permit this sign-in/]]) {
    if (turn) await script({ next_prompt: turn })
    const prompt = await open(await client().createAuthUrl('dana', 'c'.repeat(36)))
    assert.match(await prompt.page(), words)
    const { error, state, duo_code: code } = await prompt.returned('cancel')
    assert.deepEqual([error, state, code], ['access_denied', 'c'.repeat(36), undefined])
  }
})

check('bypass status passes silently and the SDK takes the token', async () => {
  await dana({ status: 'bypass' })
  const sdk = client()
  const prompt = await open(await sdk.createAuthUrl('dana', sdk.generateState()))
  assert.equal(prompt.entry, '/frame/exit')
  const { auth_context: context } = await exchanged(sdk, await prompt.returned())
  assert.deepEqual([context.factor, context.reason], ['not_available', 'bypass_user'])
})

for (const [name, fault, words] of [
  ['without id_token', { without: { name: 'id_token' } }, /missing expected data/],
  ['without access_token', { without: { name: 'access_token' } }, /missing expected data/],
  ['token_type bearer', { field: { name: 'token_type', value: 'bearer' } }, /missing expected data/],
  ['an id_token of a list', { field: { name: 'id_token', value: ['a'] } }, /Error decoding JWT/],
  ['invalid_grant', { oauth: { error: 'invalid_grant', description: 'No.' } }, /^invalid_grant: No\.$/],
  ['HTML with 200', { html: { status: 200 } }, /./],
  ['HTML with 502', { html: { status: 502 } }, /./],
  ['a dropped connection', 'drop_after_reading', /socket hang up/],
  ['half a body', 'cut_off', /./]
]) {
  check(`token answer, ${name}: rejected by the SDK`, async () => {
    const sdk = client()
    const back = await approved(sdk)
    await script({ fault: { endpoint: 'token', times: 1, fault } })
    await refused(words, () => exchanged(sdk, back))
  })
}

const set = (path, value) => ({ claims: [{ set: { path, value } }] })
const remove = path => ({ claims: [{ remove: { path } }] })
const later = (path, seconds) => ({ claims: [{ later: { path, seconds } }] })

for (const [name, tamper] of [
  ['no signature', { signing: { none: { alg: 'none' } } }],
  ['HS256', { signing: 'hs256' }],
  ['other secret', { signing: 'other_secret' }],
  ['RS256', { signing: 'rs256' }],
  ['broken signature', { wire: 'broken_signature' }],
  ['crit in the header', { header: [{ set: { path: 'crit', value: ['exp'] } }] }],
  ['no exp', remove('exp')],
  ['no iat', remove('iat')],
  ['no aud', remove('aud')],
  ['no iss', remove('iss')],
  ['iss is the host', set('iss', `https://${HOST}`)],
  ['other aud', set('aud', 'DIXXXXXXXXXXXXXXXXXX')],
  ['70 s over', later('exp', -3670)],
  ['no preferred_username', remove('preferred_username')],
  ['five parts', { wire: 'encrypted' }]
]) {
  check(`id_token, ${name}: rejected by the SDK`, () => refused(/./, () => withToken(tamper)))
}

for (const [name, tamper] of [
  ['50 s over', later('exp', -3650)],
  ['iat in 90 s', later('iat', 90)],
  ['aud in a list', set('aud', [here.client_id, 'another'])],
  ['no auth_result', remove('auth_result')],
  ['auth_result deny', set('auth_result/result', 'deny')]
]) {
  check(`id_token, ${name}: accepted by the SDK`, () => withToken(tamper))
}

run()

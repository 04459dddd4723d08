// Runs every call of Auth API v2 through Duo's unmodified `@duosecurity/duo_api` and prints one line per behaviour.
'use strict'
const assert = require('assert').strict
const duo = require('@duosecurity/duo_api')
const {
  check, client, dana, good, here, phone, policy, polled, refused, ring, ringing, run, script, taken, tap, PUSH
} = require('./tenant.js')

for (const version of [2, 5]) {
  const flavour = version === 2 ? 'v2 SHA-512 form' : 'v5 JSON'
  check(`ping, ${flavour}`, async () => assert.ok((await good(client({ version })('ping'))).time > 1600000000))
  check(`check, ${flavour}`, async () => assert.ok((await good(client({ version })('check'))).time > 1600000000))
  check(`wrong secret key is 40103, ${flavour}`, async () => {
    const api = client({ version, skey: 'x'.repeat(40) })
    await refused(api('check'), 40103)
    await refused(api('preauth', { username: 'dana' }), 40103)
  })
  check(`preauth, async push, poll, approve, poll (chunked bodies), ${flavour}`, async () => {
    const api = client({ version })
    assert.equal((await good(api('preauth', { username: 'dana', ipaddr: '192.0.2.1' }))).result, 'auth')
    const command = "rm -rf '/tmp/a b' && echo 1+1=2 ☕"
    const pushinfo = `Command=${encodeURIComponent(command)}&Why=it's%20(x)*!~`
    const txid = await ring(api, { ...PUSH, type: 'Approve command', display_username: 'Dana é ☕', pushinfo })
    assert.equal(await polled(api, txid), 'waiting/pushed')
    const push = await phone(ringing)
    assert.deepEqual([push.txid, push.type, push.username, push.pushinfo],
      [txid, 'Approve command', 'Dana é ☕', [['Command', command], ['Why', "it's (x)*!~"]]])
    await tap(txid, 'approve')
    assert.equal(await polled(api, txid), 'allow/allow')
  })
}

check('the pinned SDK refuses a CA that is not Duo\'s', async () => {
  globalThis.tenant.trusted = false
  const answer = await client()('ping').finally(() => { globalThis.tenant.trusted = true })
  assert.equal(answer.stat, 'ERROR')
})

check('unknown integration key is 40102', () => refused(client({ ikey: 'DI' + 'X'.repeat(18) })('check'), 40102))

check('wrong application type is 40301', async () => {
  const detail = 'Wrong integration type for this API.'
  await script({ fault: { endpoint: 'check', times: 1, fault: { fail: { code: 40301, detail } } } })
  await refused(client()('check'), 40301, detail)
})

check('clock skew: 290 s passes, 310 s is 40105, both ways', async () => {
  for (const skew of [290, -290]) {
    await script({ skew })
    await good(client()('check'))
  }
  for (const skew of [310, -310]) {
    await script({ skew })
    await refused(client()('check'), 40105)
    await good(client()('ping'))
  }
})

check('unknown path is 40401', () => refused(client()('nothing'), 40401))

check('logo: an error when there is none, an image when there is one', async () => {
  await refused(client()('logo'), 40401)
  await script({ logo: { shown: true } })
  const sdk = new duo.Client(here.ikey, here.skey, here.host)
  const image = await new Promise(resolve => sdk.apiCall('GET', '/auth/v2/logo', {}, resolve))
  assert.ok(image.includes('PNG'))
})

check('enroll, waiting, success; wrong code is invalid; the name is then taken', async () => {
  const api = client()
  const made = await good(api('enroll', { username: 'frank', valid_secs: '600' }))
  const status = code => good(api('enroll_status', { user_id: made.user_id, activation_code: code }))
  assert.equal((await good(api('preauth', { username: 'frank' }))).result, 'enroll')
  assert.equal(await status(made.activation_code), 'waiting')
  assert.equal(await status('duo://wrong'), 'invalid')
  await script({ activate: { username: 'frank' } })
  assert.equal(await status(made.activation_code), 'success')
  assert.equal((await good(api('preauth', { user_id: made.user_id }))).result, 'auth')
  await refused(api('enroll', { username: 'frank' }), 40002, 'username')
  await refused(api('enroll_status', { user_id: made.user_id }), 40001, 'activation_code')
})

check('preauth: unknown user enrolls, is allowed or denied by policy', async () => {
  const unknown = async () => (await good(client()('preauth', { username: 'nobody' }))).result
  assert.equal(await unknown(), 'enroll')
  for (const rule of ['allow', 'deny']) {
    await policy({ new_user: rule })
    assert.equal(await unknown(), rule)
  }
})

check('preauth: bypass allows, disabled and locked out deny, no devices enrolls', async () => {
  const table = [[{ status: 'bypass' }, 'allow'], [{ status: 'disabled' }, 'deny'], [{ status: 'locked_out' }, 'deny'], [{ devices: [] }, 'enroll']]
  for (const [changes, result] of table) {
    await dana(changes)
    assert.equal((await good(client()('preauth', { username: 'dana' }))).result, result)
  }
})

check('exactly one of username and user_id', async () => {
  const api = client()
  await refused(api('preauth'), 40001, 'username')
  await refused(api('preauth', { username: 'dana', user_id: 'DUDANA00000000000000' }), 40002, 'username')
  await refused(api('preauth', { user_id: 'DUNOBODY000000000000' }), 40002, 'user_id')
})

check('auth: unknown user, factor, device, txid; missing factor, device and passcode', async () => {
  const api = client()
  await refused(api('auth', { ...PUSH, username: 'nobody' }), 40002, 'username')
  await refused(api('auth', { ...PUSH, factor: 'carrier pigeon' }), 40002, 'factor')
  await refused(api('auth', { ...PUSH, device: 'DPNOSUCH000000000000' }), 40002, 'device')
  await refused(api('auth', { username: 'dana' }), 40001, 'factor')
  await refused(api('auth', { username: 'dana', factor: 'push' }), 40001, 'device')
  await refused(api('auth', { username: 'dana', factor: 'passcode' }), 40001, 'passcode')
  await refused(api('auth', { ...PUSH, async: 'soon' }), 40002, 'async')
  await refused(api('auth_status', { txid: '13eb97f2-9008-42f4-b59b-afc7a5edf6a6' }), 40002, 'txid')
  await refused(api('auth_status'), 40001, 'txid')
})

check('auth: a device without push has no capable device; auto calls it', async () => {
  await dana({ capabilities: ['auto', 'sms', 'phone'] })
  await refused(client()('auth', PUSH), 40002, 'no capable device')
  const answer = await taken(client(), ['answer', 'approve'], { ...PUSH, factor: 'auto' })
  assert.deepEqual([answer.result, answer.factor], ['allow', 'phone'])
})

check('synchronous push: approve, deny, fraud', async () => {
  for (const [how, want] of [['approve', 'allow/allow'], ['deny', 'deny/deny'], ['fraud', 'deny/fraud']]) {
    const { result, status } = await taken(client(), [how])
    assert.equal(`${result}/${status}`, want)
  }
})

check('asynchronous push: denied, reported as fraud; auto takes push', async () => {
  const api = client()
  for (const [how, want] of [['deny', 'deny/deny'], ['fraud', 'deny/fraud']]) {
    const txid = await ring(api, { ...PUSH, factor: 'auto' })
    assert.equal(await polled(api, txid), 'waiting/pushed')
    await tap(txid, how)
    assert.equal(await polled(api, txid), want)
  }
})

check('a push expires after 60 s as deny/timeout', async () => {
  const api = client()
  const txid = await ring(api)
  await script({ advance: { seconds: 59 } })
  assert.equal(await polled(api, txid), 'waiting/pushed')
  await script({ advance: { seconds: 2 } })
  assert.equal(await polled(api, txid), 'deny/timeout')
  assert.equal((await tap(txid, 'approve')).status, 400)
})

check('the long poll waits for the thumb; its own end is waiting/pushed or 40002', async () => {
  const api = client()
  const txid = await ring(api)
  assert.equal(await polled(api, txid), 'waiting/pushed')
  const poll = polled(api, txid)
  await tap(txid, 'approve')
  assert.equal(await poll, 'allow/allow')
  await policy({ poll_seconds: 0 })
  const next = await ring(api)
  assert.equal(await polled(api, next), 'waiting/pushed')
  assert.equal(await polled(api, next), 'waiting/pushed')
  await policy({ poll_seconds: 0, poll_end: 'invalid_request' })
  await refused(api('auth_status', { txid: next }), 40002)
})

check('a notification that fails is push_failed and can still be approved', async () => {
  await script({ next_push: 'push_failed' })
  const txid = await ring(client())
  assert.equal(await polled(client(), txid), 'waiting/push_failed')
  await tap(txid, 'approve')
  assert.equal(await polled(client(), txid), 'allow/allow')
})

check('phone call: calling, answered, key pressed; no key is a denial', async () => {
  const api = client()
  const txid = await ring(api, { ...PUSH, factor: 'phone' })
  assert.equal(await polled(api, txid), 'waiting/calling')
  await tap(txid, 'answer')
  assert.equal(await polled(api, txid), 'waiting/answered')
  await tap(txid, 'approve')
  assert.equal(await polled(api, txid), 'allow/allow')
  const { status_msg: text } = await taken(api, ['answer', 'deny'], { ...PUSH, factor: 'phone' })
  assert.equal(text, 'No keypress detected. Please try again.')
})

check('SMS: deny/sent, sync and async; a passcode of the batch works once', async () => {
  const api = client()
  assert.equal((await good(api('auth', { ...PUSH, factor: 'sms' }))).status, 'sent')
  assert.equal(await polled(api, await ring(api, { ...PUSH, factor: 'sms' })), 'deny/sent')
  const [message] = await phone(state => state.messages.length && state.messages)
  const use = async () => (await good(api('auth', { username: 'dana', factor: 'passcode', passcode: message.codes[0] }))).status
  assert.deepEqual([await use(), await use()], ['allow', 'deny'])
})

check('passcodes: Duo Mobile, token and bypass code work once; a wrong one is denied', async () => {
  const use = async passcode => (await good(client()('auth', { username: 'dana', factor: 'passcode', passcode }))).status
  for (const passcode of ['111111', '333333', '999999999']) {
    assert.deepEqual([await use(passcode), await use(passcode)], ['allow', 'deny'])
  }
  assert.equal(await use('000000'), 'deny')
})

check('bypass, disabled and locked-out users at auth, sync and async', async () => {
  for (const [state, want] of [['bypass', 'allow/bypass'], ['disabled', 'deny/deny'], ['locked_out', 'deny/locked_out']]) {
    await dana({ status: state })
    const { result, status } = await good(client()('auth', PUSH))
    assert.equal(`${result}/${status}`, want)
    assert.equal(await polled(client(), await ring(client())), want)
  }
})

check('lockout after 10 failures in a row, time-outs among them', async () => {
  const api = client()
  for (let nth = 1; nth <= 9; nth += 1) {
    const txid = await ring(api)
    await script({ advance: { seconds: 61 } })
    assert.equal(await polled(api, txid), 'deny/timeout')
  }
  assert.equal((await taken(api, ['deny'])).status, 'locked_out')
  assert.equal((await good(api('preauth', { username: 'dana' }))).result, 'deny')
})

check('Verified Duo Push: code and txid from preauth, the phone must type the code', async () => {
  await policy({ verified_digits: 3 })
  const api = client()
  const first = await good(api('preauth', { username: 'dana', client_supports_verified_push: '1' }))
  assert.match(first.verification_code, /^\d{3}$/)
  await refused(api('auth', PUSH), 40002, 'txid')
  const txid = await ring(api, { ...PUSH, txid: first.txid })
  assert.equal(txid, first.txid)
  assert.equal((await tap(txid, 'approve')).status, 400)
  assert.equal((await tap(txid, 'approve', first.verification_code)).status, 200)
  assert.equal(await polled(api, txid), 'allow/allow')
})

check('remembered devices: the token of an approval allows the next preauth', async () => {
  await policy({ remember_devices: true })
  const { trusted_device_token: token } = await taken(client(), ['approve'])
  const result = async given => (await good(client()('preauth', { username: 'dana', trusted_device_token: given }))).result
  assert.deepEqual([await result(token), await result('made up')], ['allow', 'auth'])
})

check('two pushes at once are both listed and answered apart', async () => {
  const [one, two] = [await ring(client()), await ring(client())]
  const listed = await phone(state => state.ringing.length === 2 && state.ringing.map(push => push.txid))
  assert.deepEqual(listed, [one, two])
  await tap(two, 'approve')
  await tap(one, 'deny')
  assert.deepEqual([await polled(client(), one), await polled(client(), two)], ['deny/deny', 'allow/allow'])
})

check('429 once, with the SDK\'s own retry; then the answer', async () => {
  await script({ fault: { endpoint: 'preauth', times: 1, fault: { rate_limited: { retry_after: 1 } } } })
  assert.equal((await good(client()('preauth', { username: 'dana' }))).result, 'auth')
})

check('500 is Duo\'s envelope, a dropped connection is the SDK\'s own error', async () => {
  await script({ fault: { endpoint: 'check', times: 1, fault: { fail: { code: 50001, detail: null } } } })
  await refused(client()('check'), 50001)
  await script({ fault: { endpoint: 'check', times: 1, fault: 'drop_after_reading' } })
  assert.equal((await client()('check')).stat, 'ERROR')
})

run()

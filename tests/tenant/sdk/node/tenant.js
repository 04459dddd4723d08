// The tenant under test, the phone in one's hand, and the list of checks, for `check.js` and `universal.js`.
//
// Reads {host, port, phone_port, ikey, skey, client_id, client_secret, ca} as JSON from stdin. Lines: `ok NAME` or `FAIL NAME: why`.
'use strict'
const assert = require('assert').strict
const fs = require('fs')
const http = require('http')
const duo = require('@duosecurity/duo_api')

const here = JSON.parse(fs.readFileSync(0, 'utf8'))
globalThis.tenant = { port: here.port, ca: fs.readFileSync(here.ca), trusted: true }

const PHONE = 'DPPHONE0000000000000'
const TOKEN = 'DHTOKEN0000000000000'
const PUSH = { username: 'dana', factor: 'push', device: 'auto' }
const POSTS = ['enroll', 'enroll_status', 'preauth', 'auth']
const cases = []

function client (options = {}) {
  const { ikey = here.ikey, skey = here.skey, version = 2 } = options
  const sdk = new duo.Client(ikey, skey, here.host, version)
  return (call, params = {}) => new Promise((resolve, reject) => {
    const method = POSTS.includes(call) ? 'POST' : 'GET'
    sdk.jsonApiCall(method, '/auth/v2/' + call, params, answer => {
      try { resolve(answer) } catch (cause) { reject(cause) }
    })
  })
}

function control (path, order) {
  return new Promise((resolve, reject) => {
    const headers = { 'Content-Type': 'application/json' }
    const request = http.request({ host: '127.0.0.1', port: here.phone_port, method: 'POST', path, headers }, response => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', part => { text += part })
      response.on('end', () => resolve({ status: response.statusCode, ...JSON.parse(text) }))
    })
    request.on('error', reject)
    request.end(JSON.stringify(order))
  })
}

// The first thing that `look` finds on the phone, whenever that is.
function phone (look) {
  return new Promise((resolve, reject) => {
    const request = http.get({ host: '127.0.0.1', port: here.phone_port, path: '/__sim/events' }, response => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', part => {
        text += part
        const events = text.split('\n\n')
        text = events.pop()
        for (const event of events) {
          const found = look(JSON.parse(event.slice('data: '.length)))
          if (found) {
            request.destroy()
            return resolve(found)
          }
        }
      })
    })
    request.on('error', reject)
  })
}

const ringing = state => state.ringing[0]
const tap = (txid, how, code) => control('/__sim/tap', { txid, tap: how, code })
const policy = rules => script({ policy: rules })

async function script (order) {
  const answer = await control('/__sim/script', order)
  assert.equal(answer.status, 200, answer.problem)
}

function dana (changes = {}) {
  const { capabilities = ['auto', 'push', 'sms', 'phone', 'mobile_otp'], ...rest } = changes
  const user = {
    name: 'dana',
    id: 'DUDANA00000000000000',
    devices: [
      { id: PHONE, kind: 'phone', name: 'iPhone', number: '+1 555 010 4788', capabilities, passcodes: ['111111', '222222'] },
      { id: TOKEN, kind: 'token', name: '0', passcodes: ['333333'] }
    ],
    bypass_codes: ['999999999'],
    ...rest
  }
  return script({ user })
}

async function good (answer) {
  const { stat, response, ...rest } = await answer
  assert.equal(stat, 'OK', JSON.stringify(rest))
  return response
}

async function refused (answer, code, detail) {
  const { stat, code: got, message_detail: why } = await answer
  assert.deepEqual({ stat, code: got, why }, { stat: 'FAIL', code, why: detail })
}

async function polled (api, txid) {
  const { result, status, auth_delayed: delayed } = await good(api('auth_status', { txid }))
  assert.equal(delayed, false)
  return `${result}/${status}`
}

async function ring (api, params = PUSH) {
  return (await good(api('auth', { ...params, async: '1' }))).txid
}

async function taken (api, steps, params = PUSH) {
  const answer = good(api('auth', params))
  const push = await phone(ringing)
  for (const step of steps) assert.equal((await tap(push.txid, step)).status, 200)
  return { ...await answer, factor: push.factor }
}

function check (name, run) {
  cases.push({ name, run })
}

async function run () {
  let failed = 0
  for (const { name, run: behaviour } of cases) {
    await script('clear')
    await script({ advance: { seconds: 61 } })
    await script({ logo: { shown: false } })
    await policy({})
    await dana()
    try {
      await behaviour()
      console.log(`ok ${name}`)
    } catch (cause) {
      failed += 1
      console.error(cause)
      console.log(`FAIL ${name}: ${String(cause.message).replaceAll('\n', ' ')}`)
    }
  }
  process.exit(failed ? 1 : 0)
}

module.exports = { check, client, dana, good, here, phone, policy, polled, refused, ring, ringing, run, script, taken, tap, PUSH }

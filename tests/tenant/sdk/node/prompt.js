// A browser without script that walks the tenant's prompt, as the tenant documents the walk.
'use strict'
const assert = require('assert').strict
const fs = require('fs')
const https = require('https')
const { here } = require('./tenant.js')

const ca = fs.readFileSync(here.ca)
const agent = () => new https.Agent({ ca })

function send (method, path, body = '') {
  const headers = { 'Content-Type': 'application/x-www-form-urlencoded', 'Content-Length': Buffer.byteLength(body) }
  return new Promise((resolve, reject) => {
    const request = https.request({ host: here.host, port: here.port, method, path, headers, ca, agent: false }, response => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', part => { text += part })
      response.on('end', () => resolve({ status: response.statusCode, location: response.headers.location, text }))
    })
    request.on('error', reject)
    request.end(body)
  })
}

// `entry` is where `authorize` sent the browser: `/frame/prompt`, or `/frame/exit` past it.
async function open (url) {
  const { pathname, search } = new URL(url)
  const { status, location, text } = await send('GET', pathname + search)
  assert.equal(status, 303, text)
  const { pathname: entry, searchParams } = new URL(location, url)
  const sid = searchParams.get('sid')
  const get = step => send('GET', `/frame/${step}?${new URLSearchParams({ sid })}`)
  return {
    entry,
    get,
    post: (step, fields = {}) => send('POST', `/frame/${step}`, new URLSearchParams({ sid, ...fields }).toString()),
    page: async () => (await get('prompt')).text,
    status: async () => JSON.parse((await get('status')).text).result,
    // The parameters that the browser brings back to the caller.
    returned: async (step = 'exit') => {
      const back = await get(step)
      assert.equal(back.status, 303, back.text)
      assert.match(back.location, /^http:\/\/localhost:/)
      return Object.fromEntries(new URL(back.location).searchParams)
    }
  }
}

module.exports = { agent, open, send }

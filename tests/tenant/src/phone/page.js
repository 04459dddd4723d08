// The phone. Everything it shows came from the caller of the API: text nodes only, nothing is ever parsed as markup.
'use strict'

const screen = document.getElementById('screen')
const news = document.getElementById('news')
const clock = document.getElementById('clock')

let state = null
let heard = 0
let selected = null
let denying = false
let problem = ''
let drawn = ''
let drawnFor = null
const known = new Set()

function make (tag, traits = {}, ...children) {
  const element = document.createElement(tag)
  for (const [name, value] of Object.entries(traits)) {
    if (name === 'click') element.addEventListener('click', value)
    else if (value !== null && value !== undefined && value !== false) element.setAttribute(name, value)
  }
  element.append(...children.filter(child => child !== null))
  return element
}

// Characters that would hide or reorder others are shown by their number.
const HIDDEN = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/u

function shown (text) {
  const parts = []
  let plain = ''
  for (const letter of text) {
    if (HIDDEN.test(letter)) {
      parts.push(plain, make('span', { class: 'hidden-sign' }, 'U+' + letter.codePointAt(0).toString(16).toUpperCase().padStart(4, '0')))
      plain = ''
    } else plain += letter
  }
  return [...parts, plain]
}

const isCode = text => /[/\\{}()=;$|&<>"'`_*#@\n]|--|\.\w/.test(text)
const time = unix => new Date(unix * 1000).toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' })
const left = push => Math.max(0, push.left_ms - (performance.now() - heard))
const words = push => `${Math.ceil(left(push) / 1000)} s`
const current = () => state?.ringing.find(push => push.txid === selected)

async function tap (how, code) {
  const push = current()
  if (!push) return
  const order = { txid: push.txid, tap: how, code: code ?? null }
  const answer = await fetch('/__sim/tap', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(order)
  })
  problem = answer.ok ? '' : `${(await answer.json()).problem}.`
  if (answer.ok) denying = false
  draw()
}

function approve () {
  const push = current()
  if (!push) return
  if (push.factor === 'phone' && !push.answered) return tap('answer')
  const field = document.getElementById('code')
  if (!field) return tap('approve')
  if (field.value.length === push.digits) return tap('approve', field.value)
  problem = `Type the ${push.digits} digits that your computer shows.`
  draw()
  document.getElementById('code').focus()
}

function ask (answer) {
  denying = answer
  problem = ''
  draw()
  screen.querySelector('.choices button')?.focus()
}

function facts (push) {
  const rows = [
    ['Username', push.username],
    ['Organisation', state.organization],
    ['Time', time(push.created)],
    ['IP address', push.ipaddr],
    ['Device', push.hostname]
  ]
  const list = make('dl', { class: 'facts' })
  for (const [label, value] of rows) {
    if (value) list.append(make('dt', {}, label), make('dd', {}, ...shown(value)))
  }
  return list
}

function pairs (push) {
  if (push.pushinfo.length === 0) return null
  const list = make('dl', { class: 'pairs' })
  for (const [nth, [label, value]] of push.pushinfo.entries()) {
    const looks = nth === 0 ? 'subject' : isCode(value) ? 'mono' : null
    list.append(make('dt', {}, ...shown(label)))
    list.append(value ? make('dd', { class: looks }, ...shown(value)) : make('dd', {}, '(empty)'))
  }
  return list
}

function choices (push) {
  if (denying) {
    return [
      make('p', { class: 'ask' }, 'Deny this request'),
      make('div', { class: 'choices stacked' },
        make('button', { type: 'button', class: 'deny', click: () => tap('deny') }, 'Deny', make('small', {}, 'I know what it is and do not want it')),
        make('button', { type: 'button', class: 'fraud', click: () => tap('fraud') }, 'I don’t recognise this', make('small', {}, 'Deny, and report it as fraud')),
        make('button', { type: 'button', click: () => ask(false) }, 'Back'))
    ]
  }
  const call = push.factor === 'phone'
  const yes = call ? (push.answered ? 'Press #' : 'Answer') : 'Approve'
  const field = push.digits
    ? make('label', { class: 'code' }, `Verification code (${push.digits} digits)`,
      make('input', { id: 'code', inputmode: 'numeric', autocomplete: 'one-time-code', maxlength: push.digits }))
    : null
  return [
    field,
    make('div', { class: 'choices' },
      make('button', { type: 'button', class: 'deny', click: () => call ? tap('deny') : ask(true) }, call ? 'Hang up' : 'Deny'),
      make('button', { type: 'button', class: 'approve', click: approve }, yes))
  ]
}

function request (push) {
  const call = push.factor === 'phone'
  const body = make('section', { class: 'scroll', tabindex: '0', 'aria-label': 'Request' },
    make('p', { class: 'app' }, make('span', {}, ...shown(push.application)), make('span', {}, call ? 'Phone call' : 'Push')),
    make('h1', {}, ...shown(call ? 'Incoming call' : push.type)),
    facts(push), pairs(push))
  const dock = make('section', { class: 'dock', 'aria-label': 'Answer' },
    make('span', { class: 'more', hidden: '' }, 'More below ↓'),
    make('p', { class: 'left-line' }, make('span', {}, 'Time left'), make('span', { 'data-left': push.txid })),
    make('progress', { max: push.life_ms, value: left(push), 'data-bar': push.txid, 'aria-label': 'Time left' }),
    problem ? make('p', { class: 'problem', role: 'alert' }, problem) : null,
    ...choices(push))
  return [body, dock]
}

function waiting () {
  if (state.ringing.length < 2) return null
  const list = make('ul', { class: 'waiting' })
  for (const push of state.ringing) {
    const pick = () => { selected = push.txid; denying = false; problem = ''; draw() }
    list.append(make('li', {}, make('button', { type: 'button', 'aria-current': push.txid === selected ? 'true' : null, click: pick },
      make('span', { class: 'gist' }, ...shown(push.pushinfo[0]?.[1].slice(0, 60).replaceAll('\n', ' ') || push.type), push.pushinfo[0]?.[1].length > 60 ? ' …' : ''),
      make('span', { class: 'left', 'data-left': push.txid }))))
  }
  return make('nav', { class: 'line', 'aria-label': 'Requests' }, make('p', {}, `${state.ringing.length} requests wait`), list)
}

const VERDICTS = {
  approved: ['✓', 'Approved'],
  denied: ['✕', 'Denied'],
  fraud: ['!', 'Reported as fraud'],
  expired: ['–', 'Not answered in time'],
  withdrawn: ['–', 'Closed: the account was locked']
}

function history () {
  if (state.history.length === 0) return []
  const list = make('ul', { class: 'history' })
  for (const push of state.history) {
    const [sign, word] = VERDICTS[push.state]
    const what = push.pushinfo[0]?.[1] || push.type
    list.append(make('li', {},
      make('span', { class: `sign ${push.state}`, 'aria-hidden': 'true' }, sign),
      make('span', { class: 'what' }, ...shown(what.length > 120 ? what.slice(0, 120) : what),
        what.length > 120 ? ` … ${what.length - 120} more characters` : '', make('small', {}, word)),
      make('time', {}, time(push.created))))
  }
  return [make('h2', {}, 'Last answers'), list]
}

function idle () {
  const [passcode] = state.passcodes
  const sms = state.messages.map(message => make('p', { class: 'passcode sms' }, message.codes.join(' ')))
  return [make('section', { class: 'scroll', tabindex: '0', 'aria-label': 'Home' },
    make('div', { class: 'empty' },
      make('h1', {}, 'Nothing to approve'),
      make('p', {}, 'When your agent asks for something that needs your thumb, it rings here.'),
      make('p', {}, 'Leave this page open, and start the demo or send a push.')),
    ...(passcode ? [make('h2', {}, `Passcode for ${passcode.username}`), make('p', { class: 'passcode' }, passcode.code)] : []),
    ...(sms.length ? [make('h2', {}, 'SMS passcodes'), ...sms] : []),
    ...history())]
}

function draw () {
  if (!state) return
  if (!current()) {
    selected = state.ringing[0]?.txid ?? null
    denying = false
    problem = ''
  }
  const push = current()
  const now = JSON.stringify([selected, denying, problem, push?.answered, state.ringing.map(one => one.txid), push ? 0 : [state.history, state.passcodes, state.messages]])
  if (now !== drawn) {
    const typed = document.getElementById('code')
    const typing = document.activeElement === typed
    const same = selected === drawnFor
    drawn = now
    drawnFor = selected
    screen.replaceChildren(...[push ? waiting() : null, ...(push ? request(push) : idle())].filter(Boolean))
    const field = document.getElementById('code')
    if (field && typed && same) {
      field.value = typed.value
      if (typing) field.focus()
    }
  }
  tick()
}

function tick () {
  const scroll = screen.querySelector('.scroll')
  const more = screen.querySelector('.more')
  if (more) more.hidden = scroll.scrollTop + scroll.clientHeight > scroll.scrollHeight - 40
  clock.textContent = new Date().toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' })
  for (const push of state?.ringing ?? []) {
    for (const text of document.querySelectorAll(`[data-left="${CSS.escape(push.txid)}"]`)) {
      text.textContent = words(push)
      text.parentElement.classList.toggle('soon', left(push) < 10000)
    }
    const bar = document.querySelector(`[data-bar="${CSS.escape(push.txid)}"]`)
    if (bar) bar.value = left(push)
  }
}

function hear (event) {
  state = JSON.parse(event.data)
  heard = performance.now()
  const fresh = state.ringing.filter(push => !known.has(push.txid))
  for (const push of fresh) known.add(push.txid)
  if (fresh.length) news.textContent = `New request: ${fresh.map(push => push.type).join(', ')}. ${words(fresh[0])} left.`
  document.title = state.ringing.length ? `(${state.ringing.length}) Phone` : 'Phone'
  draw()
}

document.addEventListener('keydown', event => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || !current()) return
  const typing = event.target instanceof HTMLInputElement
  if (event.key === 'Enter' && typing) return approve()
  if (event.key === 'Escape' && denying) return ask(false)
  if (event.key === 'a') event.preventDefault()
  if (event.key === 'a' && !denying) approve()
  else if (event.key === 'd') denying || current().factor === 'phone' ? tap('deny') : ask(true)
  else if (event.key === 'f') tap('fraud')
})

const events = new EventSource('/__sim/events')
events.onmessage = hear
events.onerror = () => { news.textContent = 'The tenant does not answer. Start it again; this page then goes on by itself.' }
setInterval(tick, 250)

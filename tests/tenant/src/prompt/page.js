// Watches a push that rings. Everything else on these pages is links and forms, and needs no script.
'use strict'

const { sid } = document.body.dataset
const left = document.getElementById('left')
const bar = document.getElementById('bar')
const address = page => `/frame/${page}?sid=${encodeURIComponent(sid)}`
let ends = performance.now() + Number(bar?.value ?? 0)

function draw () {
  const millis = Math.max(0, ends - performance.now())
  if (left) left.textContent = `${Math.ceil(millis / 1000)} s`
  if (bar) bar.value = millis
}

async function look () {
  let told = null
  try {
    told = await (await fetch(address('status'), { cache: 'no-store' })).json()
  } catch {
    // It may be back at the next look; the time on the page runs on meanwhile.
  }
  if (told?.result === 'allow') return location.replace(address('exit'))
  // A passcode that somebody types meanwhile is not to be swept away.
  if (told && told.result !== 'waiting' && !document.getElementById('passcode')) return location.reload()
  if (told) ends = performance.now() + told.left_ms
  setTimeout(look, 500)
}

if (sid) {
  setInterval(draw, 250)
  look()
}

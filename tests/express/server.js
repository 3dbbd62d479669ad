// The reference: a real Express app with the real express-session, driven over stdin and stdout by servers.py.
//
// Each line on stdin is a message in JSON, and each gets one line in answer:
//   {"start": options, "sessions": {...}}   a new app with these options, and what its store is to hold
//   {"send": request}                       one HTTP request to that app, over a real connection
'use strict'

const http = require('node:http')
const readline = require('node:readline')
const express = require('express')
const session = require('express-session')

// The clock of a case. express-session takes the time from nowhere else.
let now = 0
Date.now = () => now

let app
let store
const agent = new http.Agent({ keepAlive: true, maxSockets: 1 })

// What JSON cannot hold is written as a tag in the options: these functions, dates as text, a Buffer as {bytes: text}.
const genids = {
  fixed: () => () => 'fixed',
  sequential: (n = 0) => () => `sid-${++n}`,
  awkward: (n = 0) => () => `%41% .s:${++n}`,
  accented: (n = 0) => () => `é;"${++n}`,
  number: () => () => 7
}

function cookieOptions (given) {
  if (given.choose) {
    const choices = given.choose.map(cookieOptions)
    return (req) => choices[req.headers['x-remember'] ? 1 : 0]
  }
  const options = { ...given } // keeps the order, which decides between maxAge and expires
  if (options.expires) options.expires = new Date(options.expires)
  if (options.maxAge?.date) options.maxAge = new Date(options.maxAge.date)
  return options
}

function secret (given) {
  return given?.bytes ? Buffer.from(given.bytes, 'latin1') : given
}

function start (options, sessions = {}) {
  const { trustProxy, simpleStore, ...given } = options
  if (given.cookie) given.cookie = cookieOptions(given.cookie)
  if (given.genid) given.genid = genids[given.genid]()
  given.secret = Array.isArray(given.secret) ? given.secret.map(secret) : secret(given.secret)
  agent.destroy() // where express-session fails, Express closes the connection
  store = new session.MemoryStore()
  if (simpleStore) store.touch = undefined
  for (const sid in sessions) store.sessions[sid] = JSON.stringify(sessions[sid])
  app = express().set('trust proxy', trustProxy).use(express.json(), session({ ...given, store }), view)
}

// What a request does in the view, one after the other. The same list is in servers.py.
const actions = {
  read: () => {},
  get: (req, key) => req.session[key],
  set: (req, key, value) => { req.session[key] = value },
  setDate: (req, key) => { req.session[key] = new Date(now) },
  rewrite: (req, key) => { if (key in req.session) req.session[key] = structuredClone(req.session[key]) },
  push: (req, value) => { (req.session.cart ??= []).push(value) },
  nest: (req, value) => { (req.session.profile ??= {}).theme = value },
  delete: (req, key) => { delete req.session[key] },
  cookie: (req, key, value) => { req.session.cookie[key] = key === 'expires' && value ? new Date(value) : value },
  save: (req) => done(req.session, 'save'),
  reload: (req) => done(req.session, 'reload'),
  destroy: (req) => done(req.session, 'destroy'),
  touch: (req) => { req.session.touch() },
  // These two work without a session as well, where there might have been one.
  regenerate: (req) => new Promise((resolve) => req.sessionStore.regenerate(req, resolve)),
  unset: (req) => { req.session = null },
  // From here on the request says that it wants the second of two cookie options.
  remember: (req) => { req.headers['x-remember'] = 'yes' },
  // What another request does to the store while this one runs: a logout, and a change.
  destroyElsewhere: (req) => { req.sessionStore.destroy(req.sessionID) },
  setElsewhere: async (req, key, value) => {
    const stored = await done(req.sessionStore, 'get', req.sessionID)
    if (stored) req.sessionStore.set(req.sessionID, { ...stored, [key]: value })
  },
  // From here on the store fails in this method, or says that it has lost its connection.
  breakStore: (req, method) => { store[method] = (...args) => args.at(-1)(new Error(`cannot ${method}`)) },
  disconnect: () => { store.emit('disconnect') },
  // From here on the answer is on its way.
  begin: (req) => { req.res.write(' ') },
  header: (req, name, value) => { req.res.append(name, value) },
  wait: (req, milliseconds) => { now += milliseconds },
  fail: () => { throw new Crash() }
}

class Crash extends Error {}

function done (object, method, ...args) {
  return new Promise((resolve, reject) => {
    object[method](...args, (error, value) => error ? reject(error) : resolve(value))
  })
}

// Without a lifetime it is null, or the false that the options have: the same here.
function lifetime (session) {
  return session.cookie.maxAge === false ? null : session.cookie.maxAge
}

async function view (req, res) {
  const seen = []
  for (const [action, ...args] of req.body) {
    try {
      await actions[action](req, ...args)
      seen.push(req.session
        ? { sid: req.session.id, data: { ...req.session, cookie: undefined }, maxAge: lifetime(req.session) }
        : null)
    } catch (error) {
      if (error instanceof Crash) throw error
      seen.push(error instanceof TypeError ? 'no session' : error.message)
    }
  }
  if (res.headersSent) res.end(JSON.stringify(seen))
  else res.json(seen)
}

const server = http.createServer((req, res) => {
  // The one thing about TLS that Express and express-session look at.
  req.socket.encrypted = req.headers['x-test-tls'] === 'yes'
  app(req, res)
})

// A header whose value is a list is sent in as many lines.
function lines (headers) {
  return Object.entries(headers).flatMap(([name, value]) => [value].flat().flatMap((line) => [name, line]))
}

function send ({ now: time, path, headers, tls, actions }) {
  now = time
  return new Promise((resolve, reject) => {
    const request = http.request({
      agent,
      port: server.address().port,
      host: '127.0.0.1',
      method: 'POST',
      path,
      headers: lines({ ...headers, host: 'app.example.com', 'content-type': 'application/json', 'x-test-tls': tls ? 'yes' : 'no' })
    })
    request.on('error', reject)
    request.setTimeout(30_000, () => request.destroy(new Error('no answer')))
    request.on('response', async (response) => {
      let body = ''
      for await (const chunk of response.setEncoding('utf8')) body += chunk
      resolve({
        now,
        status: response.statusCode,
        set_cookie: response.headers['set-cookie'] ?? [],
        vary: response.headers.vary ?? null,
        cache_control: response.headers['cache-control'] ?? null,
        saw: response.statusCode === 200 ? JSON.parse(body) : null,
        // All it has, expired sessions included: store.all() would remove those.
        store: Object.fromEntries(Object.entries(store.sessions).map(([sid, text]) => [sid, JSON.parse(text)]))
      })
    })
    request.end(JSON.stringify(actions))
  })
}

async function answer (message) {
  try {
    if (message.send) return await send(message.send)
    start(message.start, message.sessions)
    return {}
  } catch (error) {
    return { error: error.message }
  }
}

server.listen(0, '127.0.0.1', async () => {
  for await (const line of readline.createInterface({ input: process.stdin })) {
    console.log(JSON.stringify(await answer(JSON.parse(line))))
  }
  process.exit()
})

import t from 'tap'
import { createAuthenticate } from '../../../src/access/authenticate.ts'
import { buildContractedApp } from '../../support/contracted-app.ts'
import { OPEN_ACCESS, NO_SECURITY } from '../../../src/http/services.ts'

type Test = Parameters<typeof buildContractedApp>[0]
const build = (t: Test) =>
  buildContractedApp(
    t,
    { authenticate: createAuthenticate({ checkApiKey: () => undefined, checkToken: undefined }) },
    { security: NO_SECURITY, access: { ...OPEN_ACCESS, anonymousGet: 'none' } }
  )

/** Loads the page and every file that it references or imports. */
async function listFiles ({ app }: Awaited<ReturnType<typeof build>>): Promise<Map<string, string>> {
  const bodies = new Map<string, string>()
  const open = ['/']
  for (let path = open.pop(); path !== undefined; path = open.pop()) {
    if (bodies.has(path)) continue
    const answer = await app.inject(path)
    if (answer.statusCode !== 200) throw new Error(`${path}: ${answer.statusCode}`)
    bodies.set(path, answer.body)
    const names = [...answer.body.matchAll(/(?:href|src)="(playground\/[^"]+)"|from '(\.\/[^']+)'/g)].map(
      ([, named, imported]) => named ?? imported ?? ''
    )
    open.push(...names.map((name) => new URL(name, `http://page${path}`).pathname))
  }
  return bodies
}

t.test('serves the page at / without a key and without other hosts', async (t) => {
  const contracted = await build(t)
  const files = await listFiles(contracted)
  t.ok(files.has('/playground/main.js') && files.has('/playground/style.css') && files.size >= 10)
  for (const [path, body] of files) {
    t.notMatch(body.replaceAll('http://www.w3.org/2000/svg', ''), /https?:\/\/|@import|url\(/, path)
  }
  t.equal((await contracted.app.inject('/v1/thumbnails?key=a')).statusCode, 401, 'what it asks for still needs one')
})

t.test('serves each file with its type and a policy that runs only scripts of this service', async (t) => {
  const contracted = await build(t)
  const types: Record<string, RegExp> = {
    js: /^text\/javascript; charset=utf-8$/,
    css: /^text\/css/,
    svg: /^image\/svg\+xml/,
    '/': /^text\/html/
  }
  for (const path of (await listFiles(contracted)).keys()) {
    const { headers } = await contracted.app.inject(path)
    t.match(headers['content-type'], types[path.split('.').at(-1) ?? ''], path)
    t.match(headers, {
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-cache',
      'cross-origin-resource-policy': 'same-origin'
    })
    const policy = String(headers['content-security-policy'])
    t.match(policy, /^default-src 'none'; script-src 'self'; style-src 'self';.*frame-ancestors 'none'/)
    t.notMatch(policy, /unsafe|\*/)
  }
})

t.test('contains no inline script or style, which the policy would block', async (t) => {
  const { app } = await build(t)
  const page = (await app.inject('/')).body
  t.notMatch(page, /<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)/i)
})

t.test('sends 304 to a browser that has the file', async (t) => {
  const { app } = await build(t)
  for (const url of ['/', '/playground/main.js']) {
    const { etag = '' } = (await app.inject(url)).headers
    const again = await app.inject({ url, headers: { 'if-none-match': etag } })
    t.equal(again.statusCode, 304)
    t.equal(again.body, '')
    t.equal(again.headers.etag, etag)
    t.equal((await app.inject({ url, headers: { 'if-none-match': '"other"' } })).statusCode, 200)
  }
})

t.test('serves the files of the page and no others', async (t) => {
  const { app } = await build(t)
  for (const url of ['/playground/', '/playground/index.html', '/playground/..%2Fapp.ts', '/playground/nothing.js']) {
    t.equal((await app.inject(url)).statusCode, 404, url)
  }
  t.match((await app.inject({ method: 'POST', url: '/' })).json(), { code: 'method_not_allowed' })
})

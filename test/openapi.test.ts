import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import t from 'tap'
import { parse } from 'yaml'
import manifest from '../package.json' with { type: 'json' }
import { printOpenapi } from '../src/http/routes/openapi-pages.ts'
import { buildContractedApp } from './support/contracted-app.ts'
import { fakeThumbnail } from './support/fake-services.ts'
import { type OpenapiDocument, resolve, validateResponse } from './support/openapi-contract.ts'
import { ALL_ROUTES } from './support/openapi-routes.ts'

const root = new URL('../', import.meta.url)
const committed = await readFile(new URL('openapi.yaml', root), 'utf8')

t.test('the committed document is what the app prints; else run `npm run openapi`', async (t) => {
  const { app } = await buildContractedApp(t, ALL_ROUTES, { version: manifest.version })
  t.equal(printOpenapi(app), committed)
})

t.test('the document is short enough to read', async (t) => {
  const lines = committed.split('\n')
  t.ok(lines.length <= 1600, `${lines.length} lines`)
  t.same(lines.filter((line) => line.length > 120), [])
})

t.test('the app serves the document and a page that loads nothing from elsewhere', async (t) => {
  const { app } = await buildContractedApp(t, ALL_ROUTES, { version: manifest.version })
  const document = await app.inject('/openapi.yaml')
  t.match(document.headers['content-type'], /^application\/yaml/)
  t.equal(document.body, committed)

  const page = await app.inject('/docs')
  t.equal(page.statusCode, 200)
  t.match(page.headers['content-security-policy'], /default-src 'self'/)
  t.match(page.body, /<title>Posterframe API<\/title>/)
  t.notMatch(page.body, /(src|href)="(https?:)?\/\//)
  const assets = [...page.body.matchAll(/(?:src|href)="([^"]+\.[a-z]+)"/g)].map(([, path]) => `/${path}`)
  t.ok(assets.length >= 5)
  for (const path of ['/openapi.yaml', '/docs', ...assets]) {
    const { statusCode, headers } = await app.inject(path)
    t.equal(statusCode, 200, path)
    const again = await app.inject({ url: path, headers: { 'if-none-match': String(headers.etag) } })
    t.same([again.statusCode, again.body], [304, ''], path)
    const head = await app.inject({ method: 'HEAD', url: path })
    t.same([head.statusCode, head.body], [200, ''], path)
  }
  t.match(await app.inject('/docs/'), { statusCode: 302, headers: { location: '../docs' } })
  for (const path of ['/docs/nothing', '/docs/nothing.js', '/docs/../../package.json']) {
    t.match((await app.inject(path)).json(), { status: 404, code: 'not_found' }, path)
  }
})

t.test('the document passes the linter', async (t) => {
  const redocly = fileURLToPath(new URL('node_modules/.bin/redocly', root))
  const env = { ...process.env, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' }
  const { stderr } = await promisify(execFile)(redocly, ['lint', 'openapi.yaml'], { cwd: fileURLToPath(root), env })
  t.match(stderr, /Your API description is valid/)
})

t.test('every operation has its own ID, and a problem document for an invalid request', async (t) => {
  const document = parse(committed) as OpenapiDocument
  const { paths } = document
  const operations = Object.values(paths).flatMap((methods) => Object.values(methods))
  const ids = operations.map((operation) => (operation as unknown as { operationId: string }).operationId)
  t.same(ids.toSorted(), [
    'abortUpload',
    'checkHealth',
    'checkReadiness',
    'completeUpload',
    'describeSource',
    'findJob',
    'getObject',
    'listUploadParts',
    'makeBatch',
    'makePreview',
    'makeStoryboard',
    'makeThumbnail',
    'postObject',
    'putObject',
    'readMetrics',
    'redirectToThumbnail',
    'signUploadParts',
    'startUpload'
  ])
  for (const [path, methods] of Object.entries(paths)) {
    for (const method of Object.keys(methods)) {
      const pointer = `/paths/${path.replaceAll('/', '~1')}/${method}/responses/400`
      const [, { content }] = resolve<{ content: Record<string, unknown> }>(document, pointer)
      t.ok(content['application/problem+json'], pointer)
    }
  }
})

t.test('the validation of responses rejects what is not in the document', async (t) => {
  const document = parse(committed) as OpenapiDocument
  const path = '/v1/thumbnails?key=a'
  const json = { 'content-type': 'application/json; charset=utf-8' }
  const check = (method: string, status: number, headers: Record<string, string>, body: unknown) => () => {
    validateResponse(document, method, path, status, headers, typeof body === 'string' ? body : JSON.stringify(body))
  }
  t.doesNotThrow(check('POST', 201, json, fakeThumbnail))
  t.throws(check('POST', 202, json, fakeThumbnail), /not among the responses/)
  t.throws(check('POST', 201, { 'content-type': 'text/html' }, fakeThumbnail), /text\/html/)
  t.throws(check('POST', 201, json, { ...fakeThumbnail, extra: 1 }), /additionalProperties/)
  t.throws(check('POST', 201, json, { ...fakeThumbnail, width: '640' }), /must be integer/)
  t.throws(check('POST', 201, json, { ...fakeThumbnail, expiresAt: 'soon' }), /date-time/)
  t.throws(check('GET', 302, {}, ''), /no Location/)
  t.throws(check('GET', 302, { location: 'https://a' }, 'x'), /has a body/)
  t.throws(check('DELETE', 405, {}, ''), /no Allow/)
  t.throws(check('POST', 409, { 'content-type': 'application/problem+json' }, { code: 'source_changed' }), /requestId/)
  t.throws(() => {
    validateResponse(document, 'GET', '/v2', 200, json, '{}')
  }, /not in the document/)
})

import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import t from 'tap'
import { parse } from 'yaml'
import manifest from '../package.json' with { type: 'json' }
import { printOpenapi } from '../src/http/routes/openapi-pages.ts'
import type { LocalStore } from '../src/store/local/local-store.ts'
import type { LocalUploadStore } from '../src/store/local/local-upload-store.ts'
import type { Prometheus } from '../src/telemetry/prometheus.ts'
import { buildContractedApp } from './support/contracted-app.ts'
import { fakeThumbnail } from './support/fake-services.ts'
import { type OpenapiDocument, validateResponse } from './support/openapi-contract.ts'

const root = new URL('../', import.meta.url)
const committed = await readFile(new URL('openapi.yaml', root), 'utf8')
// The routes are all that counts: no object is asked for, and nothing is counted.
const objects = {} as LocalStore
const localUploads = {} as LocalUploadStore
const metrics = { countRequest () {} } as unknown as Prometheus

t.test('the committed document is what the app prints; else run `npm run openapi`', async (t) => {
  const { app } = await buildContractedApp(t, { objects, localUploads, metrics }, { version: manifest.version })
  t.equal(printOpenapi(app), committed)
})

t.test('the app serves the document, and a page that needs nothing from outside', async (t) => {
  const { app } = await buildContractedApp(t, { objects, localUploads, metrics }, { version: manifest.version })
  const document = await app.inject('/openapi.yaml')
  t.match(document.headers['content-type'], /^application\/yaml/)
  t.equal(document.body, committed)

  const page = await app.inject('/docs')
  t.equal(page.statusCode, 200)
  t.match(page.headers['content-security-policy'], /default-src 'self'/)
  t.notMatch(page.body, /(src|href)="(https?:)?\/\//)
  const assets = [...page.body.matchAll(/(?:src|href)="\.?\/?([^"]+)"/g)].map(([, path]) => path ?? '')
  t.ok(assets.length >= 4)
  for (const path of assets) t.equal((await app.inject(`/${path}`)).statusCode, 200, path)
  t.match((await app.inject('/docs/json')).json(), { openapi: '3.1.0', paths: { '/v1/thumbnails': {} } })

  const asset = `/${assets[0]}`
  const {
    headers: { etag }
  } = await app.inject(asset)
  const again = await app.inject({ url: asset, headers: { 'if-none-match': String(etag) } })
  t.same([again.statusCode, again.body], [304, ''])
  t.same(await app.inject({ method: 'HEAD', url: asset }).then(({ statusCode, body }) => [statusCode, body]), [200, ''])
  for (const path of ['/docs/nothing', '/docs/static/nothing.js', '/docs/static/../../package.json']) {
    t.match((await app.inject(path)).json(), { status: 404, code: 'not_found' }, path)
  }
})

t.test('the document passes the linter', async (t) => {
  const redocly = fileURLToPath(new URL('node_modules/.bin/redocly', root))
  const env = { ...process.env, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' }
  const { stderr } = await promisify(execFile)(redocly, ['lint', 'openapi.yaml'], { cwd: fileURLToPath(root), env })
  t.match(stderr, /Your API description is valid/)
})

t.test('every operation has an id of its own, a summary, and problems for the client and the service', async (t) => {
  const { paths } = parse(committed) as OpenapiDocument
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
    'putObjectPart',
    'readMetrics',
    'redirectToThumbnail',
    'signUploadParts',
    'startUpload'
  ])
  for (const { responses } of operations) t.ok(responses[400]?.content?.['application/problem+json'])
})

t.test('the check of answers refuses what the document does not say', async (t) => {
  const document = parse(committed) as OpenapiDocument
  const path = '/v1/thumbnails?key=a'
  const json = { 'content-type': 'application/json; charset=utf-8' }
  const check = (method: string, status: number, headers: Record<string, string>, body: unknown) => () => {
    validateResponse(document, method, path, status, headers, typeof body === 'string' ? body : JSON.stringify(body))
  }
  t.doesNotThrow(check('POST', 201, json, fakeThumbnail))
  t.throws(check('POST', 202, json, fakeThumbnail), /not among the answers/)
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

import { readFile } from 'node:fs/promises'
import { Ajv2020 } from 'ajv/dist/2020.js'
import t from 'tap'
import { parse } from 'yaml'
import { type OpenapiDocument, validateResponse } from './support/openapi-contract.ts'
import { EXAMPLE_STATUSES, listPrefilledRequests } from './support/prefilled-requests.ts'
import { startSampleService } from './support/sample-service.ts'
import { findTestFfmpeg } from './support/videos.ts'

const document = parse(await readFile(new URL('../openapi.yaml', import.meta.url), 'utf8')) as OpenapiDocument
const skip = await findTestFfmpeg().then(
  () => false as const,
  () => 'needs ffmpeg'
)

t.test('the examples work on the sample video, as the page at /docs sends them', { skip }, async (t) => {
  const service = await startSampleService(t)
  const file = new Blob([await readFile(service.path)])
  const statuses: Record<string, number> = {}
  for (const { operationId, mediaType, method, path, headers, body } of listPrefilledRequests(document, file)) {
    const response = await fetch(service.base + path, {
      method,
      redirect: 'manual',
      headers,
      ...(body === undefined ? {} : { body })
    })
    const bytes = new Uint8Array(await response.arrayBuffer())
    validateResponse(document, method, path, response.status, Object.fromEntries(response.headers), bytes)
    const name = Object.hasOwn(statuses, operationId) ? `${operationId} ${mediaType}` : operationId
    statuses[name] = response.status
    t.equal(response.status, EXAMPLE_STATUSES[name], `${name}: ${new TextDecoder().decode(bytes.subarray(0, 300))}`)
  }
  t.same(Object.keys(statuses).sort(), Object.keys(EXAMPLE_STATUSES).sort(), 'every operation')
})

t.test('the examples of JSON bodies are valid, and a property that is unknown is not', async (t) => {
  const ajv = new Ajv2020({ strict: false, validateFormats: false })
  ajv.addSchema(document, 'https://document.invalid/openapi', undefined, false)
  const operations = Object.values(document.paths).flatMap((methods) => Object.values(methods)) as unknown as Array<{
    requestBody?: { content: Record<string, { schema: { $ref: string }, example: object }> }
  }>
  const bodies = operations.flatMap(({ requestBody }) => requestBody?.content['application/json'] ?? [])
  t.equal(bodies.length, 6)
  for (const { schema, example } of bodies) {
    const isValid = ajv.compile({ $ref: `https://document.invalid/openapi${schema.$ref}` })
    t.ok(isValid(example), schema.$ref)
    t.notOk(isValid({ ...example, unknown: 1 }), schema.$ref)
  }
})

t.test('a required value without an example is found', async (t) => {
  const parameters = [{ name: 'id', in: 'query', required: true, schema: { type: 'string' } }]
  const content = { 'application/json': { schema: {} } }
  const withOperation = (operation: object) =>
    ({ paths: { '/a': { post: { operationId: 'a', ...operation } } } }) as unknown as OpenapiDocument
  t.throws(() => listPrefilledRequests(withOperation({ parameters }), new Blob([])), /id of a has no example/)
  t.throws(() => listPrefilledRequests(withOperation({ requestBody: { content } }), new Blob([])), /body of a has no/)
})

import { readFile } from 'node:fs/promises'
import t from 'tap'
import { parse } from 'yaml'
import { printPostmanCollection } from '../scripts/postman.mjs'
import { type OpenapiDocument, validateResponse } from './support/openapi-contract.ts'
import { startSampleService } from './support/sample-service.ts'
import { findTestFfmpeg } from './support/videos.ts'

interface Item {
  readonly name: string
  readonly request: {
    readonly method: string
    readonly url: { readonly raw: string }
    readonly header?: ReadonlyArray<{ readonly key: string, readonly value: string }>
    readonly body?:
      | { readonly mode: 'raw', readonly raw: string }
      | { readonly mode: 'file' }
      | {
        readonly mode: 'formdata'
        readonly formdata: ReadonlyArray<{ readonly key: string, readonly type: string, readonly disabled?: boolean }>
      }
  }
}
interface Collection {
  readonly variable: ReadonlyArray<{ readonly key: string, readonly value: string }>
  readonly item: ReadonlyArray<{ readonly name: string, readonly item: readonly Item[] }>
}

const committed = await readFile('docs/postman.json', 'utf8')
const skip = await findTestFfmpeg().then(
  () => false as const,
  () => 'needs ffmpeg'
)

t.test('the collection is that of openapi.yaml; else run `npm run client`', async (t) => {
  t.equal(await printPostmanCollection(), committed)
})

t.test(
  'the response to every request of the collection is in the contract',
  { skip },
  async (t) => {
    const service = await startSampleService(t)
    const document = parse(await readFile('openapi.yaml', 'utf8')) as OpenapiDocument
    const { item: folders, variable } = JSON.parse(committed) as Collection
    const variables: Record<string, string> = {
      ...Object.fromEntries(variable.map(({ key, value }) => [key, value])),
      baseUrl: service.base,
      token: 'none'
    }
    const fill = (text: string) => text.replace(/\{\{(\w+)\}\}/g, (_, name: string) => variables[name] ?? '')
    const fillBody = async (body: NonNullable<Item['request']['body']>) => {
      if (body.mode === 'raw') return fill(body.raw)
      return body.mode === 'file' ? await readFile(service.path) : await fillForm(body.formdata, service.path)
    }
    const statuses: Record<string, number> = {}
    for (const { name, request } of folders.flatMap(({ item }) => item)) {
      const url = fill(request.url.raw)
      const response = await fetch(url, {
        method: request.method,
        redirect: 'manual',
        headers: (request.header ?? []).map(({ key, value }): [string, string] => [key, value]),
        ...(request.body === undefined
          ? {}
          : {
              body: await fillBody(request.body)
            })
      })
      statuses[name] = response.status
      validateResponse(
        document,
        request.method,
        url.slice(service.base.length),
        response.status,
        Object.fromEntries(response.headers),
        new Uint8Array(await response.arrayBuffer())
      )
    }
    t.match(statuses, {
      'Create a thumbnail': 201,
      'Create a thumbnail (a file)': 201,
      // The same video and options.
      'Create a thumbnail (a video as the body)': 200,
      'Redirect to a thumbnail': 302
    })
    const operations = Object.values(document.paths).flatMap((methods) => Object.keys(methods)).length
    t.ok(Object.keys(statuses).length > operations, 'each operation, with each type of body')
  }
)

async function fillForm (
  fields: ReadonlyArray<{ key: string, type: string, disabled?: boolean }>,
  path: string
): Promise<FormData> {
  const form = new FormData()
  for (const { key, type, disabled } of fields) {
    if (type === 'file' && disabled !== true) form.append(key, new Blob([await readFile(path)]), 'sample.mp4')
  }
  return form
}

// An app on fakes whose responses are validated against its own OpenAPI document.
import type { InjectOptions, LightMyRequestResponse } from 'fastify'
import { parse } from 'yaml'
import { buildApp } from '../../src/http/app.ts'
import { printOpenapi } from '../../src/http/routes/openapi-pages.ts'
import { createFakeServices, type FakeServices, fakeSettings } from './fake-services.ts'
import { type OpenapiDocument, validateResponse } from './openapi-contract.ts'
import type { App, AppServices, AppSettings } from '../../src/http/services.ts'

/** The members of a tap test that are used here. */
interface Test {
  testdir(): string
  teardown(task: () => unknown): void
}

export interface ContractedApp {
  readonly app: App
  readonly services: FakeServices
  readonly document: OpenapiDocument
  /** Parent of the scratch directories. */
  readonly scratch: string
  /** Injects a request. Throws if the response does not match the document. */
  readonly send: (request: InjectOptions) => Promise<LightMyRequestResponse>
  /** Listens on a free port of the loopback interface and returns the base URL. */
  readonly listen: () => Promise<string>
}

export async function buildContractedApp (
  t: Test,
  services: Partial<AppServices> = {},
  settings: Partial<AppSettings> = {}
): Promise<ContractedApp> {
  const scratch = t.testdir()
  const fakes = createFakeServices(scratch, services)
  const app = await buildApp(fakes, { ...fakeSettings, ...settings })
  await app.ready()
  t.teardown(() => app.close())
  const document = parse(printOpenapi(app)) as OpenapiDocument
  return {
    app,
    services: fakes,
    document,
    scratch,
    send: async (request) => {
      const answer = await app.inject(request)
      validateResponse(
        document,
        request.method ?? 'GET',
        request.url as string,
        answer.statusCode,
        answer.headers,
        answer.body
      )
      return answer
    },
    listen: () => app.listen({ host: '127.0.0.1', port: 0 })
  }
}

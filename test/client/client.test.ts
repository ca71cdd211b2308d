import { readFile } from 'node:fs/promises'
import t from 'tap'
import { printClientTypes } from '../../scripts/client-types.mjs'
import { createPosterframeClient } from '../../src/client/client.ts'
import { createAuthenticate } from '../../src/access/authenticate.ts'
import { EVERYONE } from '../../src/access/scope.ts'
import { buildContractedApp } from '../support/contracted-app.ts'
import { fakeThumbnail } from '../support/fake-services.ts'
import { NO_SECURITY } from '../../src/http/services.ts'

t.test('has the types of openapi.yaml; if this fails, run `npm run client`', async (t) => {
  t.equal(await printClientTypes(), await readFile('src/client/generated/openapi-types.d.ts', 'utf8'))
})

t.test('requests a thumbnail with the API key and returns a typed response', async (t) => {
  const authenticate = createAuthenticate({
    checkApiKey: (key) => (key === 'right' ? { ...EVERYONE, name: 'a' } : undefined),
    checkToken: undefined
  })
  const { listen, services } = await buildContractedApp(t, { authenticate }, { security: NO_SECURITY })
  const baseUrl = await listen()
  const client = createPosterframeClient({ baseUrl, apiKey: 'right' })
  const { data, error, response } = await client.POST('/v1/thumbnails', {
    body: { key: 'a.mp4', timestamp: '50%', width: 640 }
  })
  t.equal(response.status, 201)
  t.equal(error, undefined)
  t.same(data, fakeThumbnail)
  t.match(services.requests[0], { source: { key: 'a.mp4' }, options: { width: 640 } })

  const refused = await createPosterframeClient({ baseUrl, apiKey: 'wrong' }).POST('/v1/thumbnails', {
    body: { key: 'a.mp4' }
  })
  t.equal(refused.data, undefined)
  t.match(refused.error, { code: 'unauthenticated', status: 401, retryable: false })
})

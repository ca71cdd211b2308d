// The built bundle behind serverless-offline, an emulation of API Gateway: a REST API under /dev, an HTTP API under /.
import { existsSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import {
  deployFunction,
  getThumbnail,
  KEY,
  type LambdaDeployment,
  postFile,
  postKey
} from '../support/lambda-deployment.ts'
import type { EventRequest } from '../support/lambda-events.ts'
import { readFrameNumber } from '../support/local-service.ts'
import { radosgwMissing } from '../support/radosgw.ts'
import { findFreePort, type RunningService, startService } from '../support/running-service.ts'

const SERVERLESS = join(import.meta.dirname, 'node_modules/.bin/serverless')
const skip = (existsSync(SERVERLESS) ? false : 'needs npm ci in test/lambda') || radosgwMissing

let deployment: LambdaDeployment
let gateway: RunningService

t.before(async () => {
  if (skip !== false) return
  deployment = await deployFunction(t)
  gateway = await startService(process.execPath, [SERVERLESS, 'offline', 'start'], {
    cwd: import.meta.dirname,
    env: {
      ...deployment.env,
      HOME: deployment.directory,
      TMPDIR: deployment.directory,
      TASK_DIRECTORY: deployment.task,
      LAMBDA_PORT: String(await findFreePort())
    }
  })
  t.teardown(() => gateway.stop())
})

async function send (base: string, { method, path, query, headers, body }: EventRequest) {
  const response = await fetch(`${base}${path}${query === undefined ? '' : `?${query}`}`, {
    method,
    redirect: 'manual',
    ...(headers && { headers }),
    ...(body && { body: Buffer.from(body) })
  })
  const text = await response.text()
  return {
    status: response.status,
    location: response.headers.get('location') ?? '',
    body: text === '' ? {} : (JSON.parse(text) as Record<string, unknown>)
  }
}

for (const [name, stage] of [
  ['REST API', '/dev'],
  ['HTTP API', '']
] as const) {
  t.test(`responds behind a ${name}: key, upload, redirects, errors`, { skip }, async (t) => {
    const base = gateway.base + stage
    const byKey = await send(base, postKey({ key: KEY, timestamp: '2s' }))
    t.match(byKey, { status: /^20[01]$/, body: { source: { key: KEY }, timestamp: 2 } })
    t.equal(await readFrameNumber(byKey.body['url'] as string), 50)
    const uploaded = await send(base, postFile(deployment.video))
    t.match(uploaded, { status: /^20[01]$/, body: { source: { key: null }, timestamp: 1 } })
    t.equal(await readFrameNumber(uploaded.body['url'] as string), 25)
    for (const query of [
      `key=${encodeURIComponent(KEY)}&timestamp=50%25`,
      'key=a%2Bb+%252B,+%C3%BC.mp4&timestamp=50pct'
    ]) {
      const redirect = await send(base, getThumbnail(query))
      t.equal(redirect.status, 302, query)
      t.equal(await readFrameNumber(redirect.location), 50)
    }
    t.match(await send(base, postFile(Buffer.alloc(4_300_000))), {
      status: 413,
      body: { code: 'upload_too_large', detail: /\/v1\/uploads/ }
    })
    t.match(await send(base, getThumbnail('key=nothing.mp4')), { status: 404, body: { code: 'source_not_found' } })
    t.same(
      (await readdir(deployment.directory)).filter((name) => name.startsWith('posterframe-')),
      []
    )
  })
}

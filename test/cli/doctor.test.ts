import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { PutBucketCorsCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import t, { type Test } from 'tap'
import type { Check } from '../../src/doctor/check.ts'
import { runCommandLine } from '../support/command-line.ts'
import { radosgwMissing, startRadosgw } from '../support/radosgw.ts'
import { findFreePort } from '../support/running-service.ts'

const STRICT_S3 = join(import.meta.dirname, '../../../shared/s3/strict-s3.mjs')
const SERVER = new URL('../../src/server.ts', import.meta.url).pathname
const MACHINE = ['scratch', 'isolation', 'decoder']

/** Runs doctor and returns its exit code, and the checks that are about the store. */
async function diagnose (t: Test, env: Record<string, string>, args: readonly string[] = []) {
  const { stdout, stderr, exitCode } = await runCommandLine(['doctor', '--json', ...args], { cwd: t.testdir(), env })
  t.equal(stderr, '')
  const { ok, checks } = JSON.parse(stdout) as { ok: boolean, checks: Check[] }
  t.equal(ok, exitCode === 0)
  const ofStore = checks.filter(({ name }) => !MACHINE.includes(name))
  return { exitCode, checks, ofStore, bad: ofStore.filter(({ status }) => status !== 'ok') }
}

t.test('checks the local store and prints what it found', async (t) => {
  const cwd = t.testdir()
  const { stdout, exitCode } = await runCommandLine(['doctor'], { cwd })
  t.equal(exitCode, 0)
  t.match(stdout, /^ok {4}local store +No S3 is configured, .*'thumbnails\/thumbnails\/posterframe-doctor\.txt' was written/)
  t.match(stdout, /^ok {4}decoder +(libav|ffmpeg) \d/m)
  t.match(stdout, /\n4 checks: \d ok, \d warned, 0 failed\.\n$/)
  t.ok(existsSync(join(cwd, 'data/thumbnails/thumbnails/posterframe-doctor.txt')))
})

t.test('reports a wrong configuration, and what is set wrongly for S3, without a store', async (t) => {
  const buckets = { POSTERFRAME_SOURCE_BUCKETS: 'videos', POSTERFRAME_OUTPUT_BUCKET: 'out' }
  const keys = { AWS_ACCESS_KEY_ID: 'AKID', AWS_SECRET_ACCESS_KEY: 'HIDDEN-VALUE' }
  const alone = { AWS_EC2_METADATA_DISABLED: 'true', HOME: t.testdir() }
  const cases: Array<[env: Record<string, string>, name: string, detail: RegExp]> = [
    [{ POSTERFRAME_SLOTS: 'many' }, 'configuration', /POSTERFRAME_SLOTS must be/],
    [{ POSTERFRAME_SOURCE_BUCKETS: 'videos' }, 'configuration', /POSTERFRAME_OUTPUT_BUCKET must be set beside/],
    [{ ...alone, ...buckets, ...keys }, 'region', /neither AWS_REGION nor/],
    [{ ...alone, ...buckets, AWS_REGION: 'us-east-1' }, 'credentials', /^No AWS credentials were found/],
    [
      {
        ...alone,
        ...buckets,
        ...keys,
        AWS_REGION: 'us-east-1',
        AWS_ENDPOINT_URL_S3: `http://127.0.0.1:${await findFreePort()}`,
        POSTERFRAME_S3_FORCE_PATH_STYLE: 'true'
      },
      'endpoint',
      /^Nothing listens at http:\/\/127\.0\.0\.1/
    ]
  ]
  for (const [env, name, detail] of cases) {
    const { bad, exitCode } = await diagnose(t, env)
    t.match(bad, [{ name, status: 'fail', detail, nextStep: /\.$/ }], name)
    t.equal(exitCode, 1)
    t.notMatch(JSON.stringify(bad), /HIDDEN-VALUE/)
  }
  const usage = await runCommandLine(['doctor', 's3://others/a.mp4'], { cwd: t.testdir(), env: {} })
  t.match(usage, { exitCode: 1, stderr: /^invalid_request: The bucket 'others' is not one of POSTERFRAME_SOURCE_BUCKETS/ })
})

t.test('on radosgw', { skip: radosgwMissing }, async (t) => {
  const radosgw = await startRadosgw()
  const [videos, out] = [await radosgw.createBucket(), await radosgw.createBucket()]
  const env = {
    ...radosgw.env,
    POSTERFRAME_S3_FORCE_PATH_STYLE: 'true',
    POSTERFRAME_SOURCE_BUCKETS: videos,
    POSTERFRAME_OUTPUT_BUCKET: out
  }
  const client = new S3Client({
    endpoint: radosgw.endpoint,
    credentials: radosgw.credentials,
    region: 'us-east-1',
    forcePathStyle: true
  })
  t.teardown(() => client.destroy())
  await client.send(new PutObjectCommand({ Bucket: videos, Key: 'a ü.mp4', Body: 'x'.repeat(100) }))
  const rule = { AllowedOrigins: ['https://a.example'], AllowedMethods: ['POST', 'PUT'], AllowedHeaders: ['content-type'] }
  await client.send(new PutBucketCorsCommand({ Bucket: videos, CORSConfiguration: { CORSRules: [rule] } }))

  t.test('everything is right', async (t) => {
    const { ofStore, bad, exitCode } = await diagnose(t, { ...env, POSTERFRAME_CORS_ORIGINS: 'https://a.example' })
    t.strictSame(bad, [])
    t.equal(exitCode, 0)
    const of = (name: string) => ofStore.find((check) => check.name === name)?.detail
    t.match(of(`bucket ${videos}: get`), /16 bytes of 'a ü\.mp4' were read/)
    t.match(of(`bucket ${out}: put`), /'thumbnails\/posterframe-doctor\.txt' was written/)
    t.match(of(`bucket ${videos}: CORS`), /https:\/\/a\.example may upload/)
  })

  t.test('names what is wrong', async (t) => {
    const cases: Array<[env: Record<string, string>, name: string, detail: RegExp]> = [
      [{ POSTERFRAME_OUTPUT_BUCKET: 'posterframe-none' }, 'bucket posterframe-none', /404 NoSuchBucket/],
      [{ AWS_SECRET_ACCESS_KEY: 'WRONG' }, `bucket ${videos}`, /another signature/],
      [{ AWS_ACCESS_KEY_ID: 'WRONG' }, `bucket ${videos}`, /does not know the access key/],
      [{ POSTERFRAME_CORS_ORIGINS: 'https://b.example' }, `bucket ${videos}: CORS`, /POST from https:\/\/b\.example/],
      [
        {
          AWS_ACCESS_KEY_ID: radosgw.limitedCredentials.accessKeyId,
          AWS_SECRET_ACCESS_KEY: radosgw.limitedCredentials.secretAccessKey
        },
        `bucket ${videos}: list`,
        /^The credentials may not list the bucket \(403 AccessDenied\)\.$/
      ]
    ]
    for (const [change, name, detail] of cases) {
      const { bad } = await diagnose(t, { ...env, ...change })
      t.match(bad.find((check) => check.name === name), { detail, nextStep: /\.$/ }, name)
    }
  })

  t.test('the server does not start on a missing bucket', async (t) => {
    const start = (change: Record<string, string>) => {
      const path = process.env['PATH']
      const child = spawn(process.execPath, [SERVER], { cwd: t.testdir(), env: { PATH: path, ...env, ...change } })
      let output = ''
      child.stderr.on('data', (chunk: Buffer) => {
        output += chunk.toString()
      })
      return (once(child, 'close') as Promise<[number]>).then(([exitCode]) => ({ exitCode, output }))
    }
    t.match(await start({ POSTERFRAME_OUTPUT_BUCKET: 'posterframe-none' }), {
      exitCode: 78,
      output: /There is no bucket 'posterframe-none' .* correct POSTERFRAME_OUTPUT_BUCKET\./
    })
    t.match(await start({ AWS_REGION: '', HOME: t.testdir() }), { exitCode: 78, output: /Set AWS_REGION/ })
  })
})

/** What a person reads for each mood of the strict server: the name of the check, what was found, what to do. */
const MOODS: Array<[mood: string, name: string, detail: RegExp, nextStep: RegExp]> = [
  ['redirect', 'bucket redirect', /is in the region eu-west-1/, /^Set AWS_REGION=eu-west-1\.$/],
  ['redirect400', 'bucket redirect400', /is in the region eu-west-1/, /^Set AWS_REGION=eu-west-1\.$/],
  ['ssec', 'bucket ssec', /400 InvalidRequest/, /SSE-C/],
  ['skew', 'clock', /(3599|3600|3601) s behind that of the store/, /NTP/],
  ['skewhard', 'bucket skewhard', /RequestTimeTooSkewed/, /NTP/],
  ['badsig', 'bucket badsig', /another signature/, /AWS_SECRET_ACCESS_KEY/],
  ['badkey', 'bucket badkey', /does not know the access key/, /AWS_ACCESS_KEY_ID/],
  ['payer', 'bucket payer', /Requester Pays/, /\{"payer": \{"requesterPays": true\}\}/],
  ['slow', 'repeats', /repeated after 503/, /limits/],
  ['e429', 'repeats', /repeated after 429/, /limits/],
  ['glacier', 'bucket glacier: get', /archive storage class/, /Restore it/],
  ['html', 'bucket html', /returns a web page/, /AWS_ENDPOINT_URL_S3/],
  ['nolist', 'bucket nolist: head', /may not see the bucket/, /Allow s3:ListBucket on arn:aws:s3:::nolist/],
  ['noetag', 'bucket noetag: get', /sends no ETag/, /Update the store/]
]
/** Moods that the service copes with. */
const FINE = [
  'plain',
  'multi',
  'unquoted',
  'gzip',
  'chunkedenc',
  'weak',
  'norange',
  'startotal',
  'nolength',
  'noifmatch'
]

t.test('on a strict server in each of its moods', {
  skip: !existsSync(STRICT_S3) && 'needs ../shared/s3/strict-s3.mjs'
}, async (t) => {
  const port = await findFreePort()
  const child = spawn(process.execPath, [STRICT_S3, import.meta.filename, `${port}`], { stdio: ['ignore', 'pipe', 'inherit'] })
  t.teardown(() => child.kill())
  for await (const line of createInterface(child.stdout)) if (line.includes('listens')) break
  const env = {
    AWS_ENDPOINT_URL_S3: `http://127.0.0.1:${port}`,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'AKIDTEST',
    AWS_SECRET_ACCESS_KEY: 'SECRETTEST',
    POSTERFRAME_S3_FORCE_PATH_STYLE: 'true',
    POSTERFRAME_OUTPUT_BUCKET: 'out'
  }
  const read = async (mood: string) =>
    await diagnose(t, { ...env, POSTERFRAME_SOURCE_BUCKETS: mood }, [`s3://${mood}/a/sample.mp4`])
  for (const [mood, name, detail, nextStep] of MOODS) {
    const { bad } = await read(mood)
    t.match(bad.find((check) => check.name === name), { detail, nextStep }, mood)
  }
  for (const mood of FINE) t.strictSame((await read(mood)).bad, [], mood)
  const paid = await diagnose(
    t,
    { ...env, POSTERFRAME_SOURCE_BUCKETS: 'payer', POSTERFRAME_S3_BUCKETS: '{"payer": {"requesterPays": true}}' },
    ['s3://payer/a/sample.mp4']
  )
  t.strictSame(paid.bad, [])
  const denied = await diagnose(t, { ...env, POSTERFRAME_SOURCE_BUCKETS: 'plain', POSTERFRAME_OUTPUT_BUCKET: 'noput' })
  t.match(denied.bad, [{ name: 'bucket noput: put', nextStep: /Allow s3:PutObject on arn:aws:s3:::noput\/thumbnails\/\*/ }])
})

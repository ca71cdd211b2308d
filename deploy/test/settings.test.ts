import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { planEnvironment, planUploadPrefixes } from '../environment.ts'
import { CONTEXT_OPTIONS, readSettings } from '../settings.ts'
import { QUEUE, SIZES, type FunctionSize } from '../sizes.ts'
import { loadConfig } from '../../src/config/config.ts'

const read = (context: Record<string, unknown>) => readSettings((name) => context[name])
const info = {
  sourceBucket: 'my-videos',
  outputBucket: 'my-thumbnails',
  account: '111111111111',
  secrets: { uploads: 'a'.repeat(64), apiKeys: undefined, signing: undefined }
}

test('without any option there is a deployment that nobody but the account can call', () => {
  const settings = read({})
  assert.deepEqual(
    [settings.auth, settings.package, settings.encryption, settings.outputPrefix, settings.onSourceDeleted],
    ['iam', 'image', 'kms', 'thumbnails/', 'keep']
  )
})

test('all that is wrong is told at once', () => {
  const wrong = {
    package: 'rar',
    auth: 'api-key',
    outputPrefix: 'thumbnails',
    expireUploadsDays: '1',
    sourceKeyArn: 'arn:aws:kms:::key/1',
    completionTarget: 'queue',
    sourcePrefixes: 'videos'
  }
  assert.throws(
    () => read(wrong),
    (error: Error) => {
      for (const name of [
        'package',
        'apiKeysSecret',
        'outputPrefix',
        'expireUploadsDays',
        'sourceKeyArn',
        'completionTarget',
        'sourcePrefixes'
      ]) { assert.match(error.message, new RegExp(`\\b${name}\\b`), name) }
      return true
    }
  )
})

test('a star in a prefix, which a policy would take for any, is refused', () => {
  for (const prefix of ['*/', 'a*/', 'a?/', '$' + '{aws:username}/']) {
    assert.throws(() => read({ outputPrefix: prefix }), /outputPrefix/, prefix)
  }
  assert.equal(read({ outputPrefix: '/' }).outputPrefix, '')
})

test('the environment is a configuration that the service starts with', () => {
  for (const context of [
    {},
    {
      outputPrefix: '/',
      uploadPrefix: '/',
      sourcePrefixes: 'videos/,films/',
      corsOrigins: 'https://www.example.com',
      package: 'zip'
    }
  ]) {
    const settings = read(context)
    for (const role of ['api', 'events', 'batch'] as const) {
      const config = loadConfig(planEnvironment(role, settings, info), { cpus: 2, tmpdir: '/tmp', lambda: true })
      assert.equal(config.outputPrefix, settings.outputPrefix)
      assert.equal(config.s3ExpectedBucketOwner, info.account)
      if (role === 'api') {
        assert.equal(
          `${config.sourcePrefixes?.[0] ?? ''}${config.uploads.prefix}`,
          planUploadPrefixes(settings)[0],
          'uploads go where the role may put them'
        )
      }
    }
  }
})

const entries = readFileSync(join(import.meta.dirname, '../../src/lambda.ts'), 'utf8')
test('handlers are those that src/lambda.ts exports', () => {
  for (const role of Object.keys(SIZES)) assert.match(entries, new RegExp(`export [^\\n]*\\b${role}\\b`), role)
})

describe('docs/deploy.md', () => {
  const page = readFileSync(join(import.meta.dirname, '../../docs/deploy.md'), 'utf8')

  test('explains every option', () => {
    for (const name of CONTEXT_OPTIONS) assert.match(page, new RegExp(`\`${name}\``), name)
  })

  test('has the sizes and times as they are', () => {
    const row = (name: string, show: (size: FunctionSize) => string) =>
      `| ${name} | ${[SIZES.api, SIZES.events, SIZES.batch].map(show).join(' | ')} |`
    for (const expected of [
      row('memory', ({ memoryMib }) => `${memoryMib} MiB`),
      row('timeout', ({ timeoutSeconds }) => `${timeoutSeconds} s`),
      row('time limit per thumbnail', ({ thumbnailTimeoutMs }) => `${thumbnailTimeoutMs / 1000} s`),
      row('largest full download', ({ maxSourceGib }) => `${maxSourceGib} GiB`),
      row('`/tmp`', ({ scratchMib }) => `${scratchMib / 1024} GiB`),
      row('reserved concurrency', ({ concurrency }) => String(concurrency)),
      `| visibility timeout | ${QUEUE.visibilityTimeoutSeconds / 60} min |`,
      `| max receive count | ${QUEUE.maxReceiveCount} |`,
      `| batch size | ${QUEUE.batchSize} messages |`,
      `| maximum concurrency | ${QUEUE.maxConcurrency} |`
    ]) { assert.ok(page.includes(expected), expected) }
  })
})

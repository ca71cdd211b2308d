import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { buildEnvironment, getUploadPrefixes } from '../environment.ts'
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

test('only the account can call the API by default', () => {
  const settings = read({})
  assert.deepEqual(
    [settings.auth, settings.package, settings.encryption, settings.outputPrefix, settings.onSourceDeleted],
    ['iam', 'image', 'kms', 'thumbnails/', 'keep']
  )
})

test('reports all problems at once', () => {
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

test('rejects wildcards and variables in a prefix, which a policy would expand', () => {
  for (const prefix of ['*/', 'a*/', 'a?/', '$' + '{aws:username}/']) {
    assert.throws(() => read({ outputPrefix: prefix }), /outputPrefix/, prefix)
  }
  assert.equal(read({ outputPrefix: '/' }).outputPrefix, '')
})

test('the environment is a valid configuration of the service', () => {
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
      const config = loadConfig(buildEnvironment(role, settings, info), { cpus: 2, tmpdir: '/tmp', lambda: true })
      assert.equal(config.outputPrefix, settings.outputPrefix)
      assert.equal(config.s3ExpectedBucketOwner, info.account)
      if (role === 'api') {
        assert.equal(
          `${config.sourcePrefixes?.[0] ?? ''}${config.uploads.prefix}`,
          getUploadPrefixes(settings)[0],
          'uploads go below the prefix that the role may write to'
        )
      }
    }
  }
})

const entries = readFileSync(join(import.meta.dirname, '../../src/lambda.ts'), 'utf8')
test('src/lambda.ts exports every handler', () => {
  for (const role of Object.keys(SIZES)) assert.match(entries, new RegExp(`export [^\\n]*\\b${role}\\b`), role)
})

describe('docs/deploy.md', () => {
  const page = readFileSync(join(import.meta.dirname, '../../docs/deploy.md'), 'utf8')

  test('explains every option', () => {
    for (const name of CONTEXT_OPTIONS) assert.match(page, new RegExp(`\`${name}\``), name)
  })

  test('lists the current sizes and times', () => {
    const row = (show: (size: FunctionSize) => string) =>
      ` | ${[SIZES.api, SIZES.events, SIZES.batch].map(show).join(' | ')} |`
    for (const expected of [
      row(({ memoryMib }) => `${memoryMib} MiB`),
      row(({ timeoutSeconds }) => `${timeoutSeconds} s`),
      row(({ thumbnailTimeoutMs }) => `${thumbnailTimeoutMs / 1000} s`),
      row(({ maxSourceGib }) => `${maxSourceGib} GiB`),
      row(({ scratchMib }) => `${scratchMib / 1024} GiB`),
      row(({ concurrency }) => String(concurrency)),
      ` | ${QUEUE.visibilityTimeoutSeconds / 60} min |`,
      ` | ${QUEUE.maxReceiveCount} |`,
      ` | ${QUEUE.batchSize} messages |`,
      ` | ${QUEUE.maxConcurrency} |`
    ]) { assert.ok(page.includes(expected), expected) }
  })
})

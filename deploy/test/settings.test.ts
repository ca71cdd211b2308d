import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { buildEnvironment, getUploadPrefixes } from '../environment.ts'
import { SettingsError } from '../settings-error.ts'
import { CONTEXT_OPTIONS, readSettings } from '../settings.ts'
import { QUEUE, SIZES, type FunctionSize } from '../sizes.ts'
import { loadConfig } from '../../src/config/config.ts'

const info = {
  sourceBucket: 'my-videos',
  outputBucket: 'my-thumbnails',
  account: '111111111111',
  secrets: { uploads: 'a'.repeat(64), apiKeys: undefined, signing: undefined }
}

test('only the account can call the API by default', () => {
  const settings = readSettings({})
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
    () => readSettings(wrong),
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

test('names unknown options, with those that were probably meant', () => {
  const advice = (name: string) => {
    try {
      readSettings({ [name]: 'a' })
    } catch (error) {
      return error instanceof SettingsError ? error.message : error
    }
    return undefined
  }
  for (const [name, guess] of [
    ['sourcebucket', 'sourceBucket'],
    ['source-bucket', 'sourceBucket'],
    ['outputPrefx', 'outputPrefix'],
    ['corsOrigin', 'corsOrigins'],
    ['alarmTopic', 'alarmTopicArn'],
    ['bucket', 'sourceBucket or outputBucket']
  ] as const) {
    assert.equal(advice(name), `The options are invalid:\n  ${name} is not an option; did you mean ${guess}?`)
  }
  assert.match(String(advice('colour')), /colour is not an option; the options are package, architecture, .*alarmTopicArn$/)
})

test('accepts what the CDK itself writes into the context', () => {
  const { context } = JSON.parse(readFileSync(join(import.meta.dirname, '../cdk.json'), 'utf8')) as {
    context: Record<string, unknown>
  }
  const own = { 'cli-telemetry': false, 'acknowledged-issue-numbers': [1], 'availability-zones:account=1:region=a': [] }
  assert.equal(readSettings({ ...context, ...own }).auth, 'iam')
})

test('rejects wildcards and variables in a prefix, which a policy would expand', () => {
  for (const prefix of ['*/', 'a*/', 'a?/', '$' + '{aws:username}/']) {
    assert.throws(() => readSettings({ outputPrefix: prefix }), /outputPrefix/, prefix)
  }
  assert.equal(readSettings({ outputPrefix: '/' }).outputPrefix, '')
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
    const settings = readSettings(context)
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

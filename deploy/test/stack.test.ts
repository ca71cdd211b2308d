import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { Bucket } from 'aws-cdk-lib/aws-s3'
import { CONFIG_VARIABLES } from '../../src/config/variables.ts'
import { QUEUE, SIZES } from '../sizes.ts'
import { flatten, makeArtefact, synthesise, type Synthesised } from './synthesise.ts'

const ALARMS_TOPIC = 'arn:aws:sns:eu-central-1:111111111111:alarms'
const FUNCTIONS = { Api: SIZES.api, Events: SIZES.events, Batch: SIZES.batch } as const

const made = synthesise()
const existing = synthesise({
  sourceBucket: 'my-videos',
  sourceKeyArn: 'arn:aws:kms:eu-central-1:111111111111:key/1',
  outputBucket: 'my-thumbnails',
  encryption: 's3',
  onSourceDeleted: 'delete',
  eventPrefix: 'videos/',
  sourcePrefixes: 'videos/,films/',
  completionTarget: 'arn:aws:sns:eu-central-1:111111111111:done',
  auth: 'api-key',
  apiKeysSecret: 'posterframe/keys',
  signingSecret: 'posterframe/sign',
  alarmTopicArn: ALARMS_TOPIC,
  reserve: 'false',
  corsOrigins: 'https://www.example.com'
})

/** Returns all statements of a role, those that the CDK added included. */
function listStatements ({ find, one }: Synthesised, role: string): any[] {
  const [[id] = ['']] = find('AWS::IAM::Role').filter(([each]) => each.startsWith(role))
  const attached = find('AWS::IAM::Policy').filter(([, { Roles }]) => Roles.some(({ Ref }: any) => Ref === id))
  return [...one('AWS::IAM::Role', role).Policies, ...attached.map(([, properties]) => properties)].flatMap(
    ({ PolicyDocument }) => PolicyDocument.Statement
  )
}

describe('functions', () => {
  test('share one artefact, and each has its own role, log, size and timeout', () => {
    const functions = made.find('AWS::Lambda::Function')
    assert.equal(functions.length, 3)
    assert.equal(new Set(functions.map(([, { Code }]) => JSON.stringify(Code))).size, 1, 'one artefact')
    for (const property of ['Role', 'LoggingConfig']) {
      assert.equal(new Set(functions.map(([, properties]) => JSON.stringify(properties[property]))).size, 3, property)
    }
    for (const [name, size] of Object.entries(FUNCTIONS)) {
      const { ImageConfig, MemorySize, Timeout, EphemeralStorage, ReservedConcurrentExecutions } = made.one(
        'AWS::Lambda::Function',
        `${name}Function`
      )
      assert.deepEqual(ImageConfig, { Command: [`lambda.${name.toLowerCase()}`] })
      assert.deepEqual(
        [MemorySize, Timeout, EphemeralStorage.Size, ReservedConcurrentExecutions],
        [size.memoryMib, size.timeoutSeconds, size.scratchMib, size.concurrency]
      )
    }
  })

  test('have only variables that the service knows', () => {
    const known: readonly string[] = CONFIG_VARIABLES.map(({ name }) => name)
    for (const synthesised of [made, existing]) {
      for (const [id, { Environment }] of synthesised
        .find('AWS::Lambda::Function')
        .filter(([each]) => /^(Api|Events|Batch)/.test(each))) {
        assert.deepEqual(
          Object.keys(Environment.Variables).filter((name) => !known.includes(name)),
          [],
          id
        )
      }
    }
    assert.equal(
      existing.one('AWS::Lambda::Function', 'EventsFunction').Environment.Variables.POSTERFRAME_COMPLETION_TARGET,
      'arn:aws:sns:eu-central-1:111111111111:done'
    )
  })

  test('hold secrets by reference, encrypted, and only if they need them', () => {
    const {
      Environment: { Variables },
      KmsKeyArn
    } = made.one('AWS::Lambda::Function', 'ApiFunction')
    assert.match(
      flatten(Variables.POSTERFRAME_UPLOAD_SECRET),
      /^\{\{resolve:secretsmanager:<UploadSecret\w+>:SecretString:::\}\}$/
    )
    assert.match(flatten(KmsKeyArn), /^<Key/)
    const { POSTERFRAME_API_KEYS: keys, POSTERFRAME_SIGNING_SECRETS: signing } = existing.one(
      'AWS::Lambda::Function',
      'ApiFunction'
    ).Environment.Variables
    assert.deepEqual(
      [keys, signing],
      [
        '{{resolve:secretsmanager:posterframe/keys:SecretString:::}}',
        '{{resolve:secretsmanager:posterframe/sign:SecretString:::}}'
      ]
    )
    for (const name of ['EventsFunction', 'BatchFunction']) {
      assert.doesNotMatch(JSON.stringify(existing.one('AWS::Lambda::Function', name)), /resolve:/)
    }
  })

  test('can be deployed as a zip with ffmpeg in a layer', () => {
    const zip = synthesise({ package: 'zip', ...makeArtefact() })
    for (const name of Object.keys(FUNCTIONS)) {
      const { Handler, Runtime, Layers, Environment } = zip.one('AWS::Lambda::Function', `${name}Function`)
      assert.deepEqual(
        [Handler, Runtime, Layers.length, Environment.Variables.FFMPEG_PATH],
        [`lambda.${name.toLowerCase()}`, 'nodejs24.x', 1, '/opt/bin/ffmpeg']
      )
    }
    const staged = readdirSync(zip.outdir, { recursive: true, encoding: 'utf8' }).map((path) =>
      path.replace(/^asset\.\w+\//, '')
    )
    for (const path of ['lambda.mjs', 'bin/ffmpeg']) assert.ok(staged.includes(path), path)
    assert.throws(() => synthesise({ package: 'zip', dist: '/nowhere' }), /npm run build/)
  })

  test('are built from the files that their Dockerfile copies, and no others', () => {
    const { dockerImages } = JSON.parse(readFileSync(join(made.outdir, 'Posterframe.assets.json'), 'utf8')) as {
      dockerImages: Record<string, { source: any }>
    }
    const [{ source }, ...others] = Object.values(dockerImages) as [{ source: any }]
    assert.deepEqual(
      [others.length, source.dockerFile, source.platform, source.dockerBuildArgs],
      [0, 'docker/lambda.Dockerfile', 'linux/amd64', { BUILD_FLAGS: '--with-libav' }]
    )
    const names = readdirSync(join(made.outdir, source.directory))
      .filter((name) => name !== '.dockerignore')
      .sort()
    assert.deepEqual(names, ['.npmrc', 'docker', 'package-lock.json', 'package.json', 'scripts', 'src'])
    assert.ok(existsSync(join(made.outdir, source.directory, source.dockerFile)), 'has the Dockerfile')
  })

  test('have consistent sizes and times', () => {
    for (const { timeoutSeconds, thumbnailTimeoutMs, scratchMib, maxSourceGib } of Object.values(SIZES)) {
      assert.ok(thumbnailTimeoutMs < timeoutSeconds * 1000 - 1000, 'the service times out before Lambda')
      assert.ok(scratchMib > maxSourceGib * 1024, 'scratch holds the largest video')
    }
    assert.ok(SIZES.api.timeoutSeconds < 30, 'the function times out before the gateway')
    assert.ok(
      QUEUE.batchSize * SIZES.events.thumbnailTimeoutMs < SIZES.events.timeoutSeconds * 1000,
      'the time is enough for a full batch'
    )
    assert.ok(
      QUEUE.visibilityTimeoutSeconds * QUEUE.maxReceiveCount < QUEUE.retentionDays * 86_400,
      'a message is retained for all its attempts'
    )
  })
})

describe('permissions', () => {
  const roles = made.find('AWS::IAM::Role').map(([id]) => id)

  test('list every action, and have wildcards only after a prefix', () => {
    assert.equal(roles.length, 5)
    for (const synthesised of [made, existing]) {
      for (const [role] of synthesised
        .find('AWS::IAM::Role')
        .filter(([id]) => !id.startsWith('BucketNotificationsHandler'))) {
        for (const { Action, Resource, Effect } of listStatements(synthesised, role)) {
          assert.equal(Effect, 'Allow')
          for (const action of [Action].flat()) assert.doesNotMatch(action, /\*/, role)
          for (const resource of [Resource].flat().map(flatten)) {
            const isTelemetry =
              [Action].flat().every((action) => /^(logs|xray):/.test(action)) && role.startsWith('BackfillRole')
            if (!isTelemetry) {
              assert.match(
                resource,
                /^[^*]+$|^(<\w+\.Arn>|arn:(aws|<AWS::Partition>):s3:::[\w-]+)\/([\w-]+\/)*\*$|:execution:[^*]+:\*$/,
                `${role}: ${resource}`
              )
            }
          }
        }
      }
    }
  })

  test('are the ones that each role needs', () => {
    const actions = (role: string, synthesised = made) =>
      [...new Set(listStatements(synthesised, role).flatMap(({ Action }) => Action))]
        .filter((action) => !/^logs:/.test(action))
        .sort()
    const store = ['kms:Decrypt', 'kms:GenerateDataKey', 's3:GetObject', 's3:ListBucket', 's3:PutObject']
    const poll = [
      'sqs:ChangeMessageVisibility',
      'sqs:DeleteMessage',
      'sqs:GetQueueAttributes',
      'sqs:GetQueueUrl',
      'sqs:ReceiveMessage'
    ]
    assert.deepEqual(actions('ApiRole'), [...store, 's3:AbortMultipartUpload', 's3:ListMultipartUploadParts'].sort())
    assert.deepEqual(actions('EventsRole'), [...store, 's3:GetObjectVersion', ...poll].sort())
    assert.deepEqual(actions('BatchRole'), [...store, 's3:GetObjectVersion'].sort())
    assert.deepEqual(
      actions('EventsRole', existing),
      [
        'kms:Decrypt',
        's3:DeleteObject',
        's3:GetObject',
        's3:GetObjectVersion',
        's3:ListBucket',
        's3:PutObject',
        'sns:Publish',
        ...poll
      ].sort()
    )
    assert.deepEqual(actions('BatchOperationsRole'), [
      'kms:Decrypt',
      'kms:GenerateDataKey',
      'lambda:InvokeFunction',
      's3:GetObject',
      's3:GetObjectVersion',
      's3:PutObject'
    ])
    assert.ok(actions('BackfillRole').includes('states:StartExecution'))
  })

  test('can only be assumed for this account', () => {
    for (const role of ['BackfillRole', 'BatchOperationsRole']) {
      assert.deepEqual(made.one('AWS::IAM::Role', role).AssumeRolePolicyDocument.Statement[0].Condition, {
        StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } }
      })
    }
  })
})

describe('buckets', () => {
  test('are encrypted and private, require TLS, delete abandoned uploads, and outlive the stack', () => {
    const buckets = made.find('AWS::S3::Bucket')
    assert.equal(buckets.length, 3)
    for (const [id, { BucketEncryption, PublicAccessBlockConfiguration, LifecycleConfiguration }] of buckets) {
      const [
        {
          ServerSideEncryptionByDefault: { SSEAlgorithm }
        }
      ] = BucketEncryption.ServerSideEncryptionConfiguration
      assert.equal(SSEAlgorithm, id.startsWith('AccessLogs') ? 'AES256' : 'aws:kms')
      assert.deepEqual(Object.values(PublicAccessBlockConfiguration), [true, true, true, true])
      assert.equal(made.resources[id]?.DeletionPolicy, 'Retain')
      if (!id.startsWith('AccessLogs')) {
        assert.equal(LifecycleConfiguration.Rules[0].AbortIncompleteMultipartUpload.DaysAfterInitiation, 2)
      }
      assert.match(
        JSON.stringify(made.find('AWS::S3::BucketPolicy').filter(([, { Bucket }]) => Bucket.Ref === id)),
        /"aws:SecureTransport":"false"\}\},"Effect":"Deny"/
      )
    }
    assert.equal(made.find('AWS::KMS::Key')[0]?.[1].EnableKeyRotation, true)
  })

  test('allow uploads only from the configured origins', () => {
    assert.equal(made.one('AWS::S3::Bucket', 'Sources').CorsConfiguration, undefined)
    const [rule] = synthesise({ corsOrigins: 'https://www.example.com', expireUploadsDays: '30' }).one(
      'AWS::S3::Bucket',
      'Sources'
    ).CorsConfiguration.CorsRules
    assert.deepEqual(rule, {
      AllowedHeaders: ['content-type', 'x-amz-meta-filename'],
      AllowedMethods: ['POST', 'PUT'],
      AllowedOrigins: ['https://www.example.com'],
      ExposedHeaders: ['ETag'],
      MaxAge: 600
    })
  })

  test('that exist already are not changed', () => {
    assert.equal(existing.find('AWS::S3::Bucket').length, 0)
    const { BucketName, NotificationConfiguration, Managed } =
      existing.find('Custom::S3BucketNotifications')[0]?.[1] ?? {}
    assert.deepEqual([BucketName, Managed], ['my-videos', false], 'its other notifications stay')
    assert.deepEqual(
      NotificationConfiguration.QueueConfigurations.map(({ Events, Filter }: any) => [
        Events[0],
        Filter.Key.FilterRules[0].Value
      ]),
      [
        ['s3:ObjectCreated:*', 'videos/'],
        ['s3:ObjectRemoved:*', 'videos/']
      ]
    )
  })
})

describe('queue', () => {
  test('hides a message for six times the timeout of its function, and gives up after five attempts', () => {
    const { VisibilityTimeout, RedrivePolicy, SqsManagedSseEnabled } = made.one('AWS::SQS::Queue', 'EventsQueue')
    assert.ok(VisibilityTimeout >= 6 * made.one('AWS::Lambda::Function', 'EventsFunction').Timeout)
    assert.match(flatten(RedrivePolicy.deadLetterTargetArn), /^<DeadLetters/)
    assert.deepEqual([RedrivePolicy.maxReceiveCount, SqsManagedSseEnabled], [5, true])
    assert.equal(made.one('AWS::SQS::Queue', 'DeadLetters').MessageRetentionPeriod, 14 * 86_400)
  })

  test('returns only the failed messages of a batch, and stays within the reserved concurrency', () => {
    const [[, mapping] = ['', {}]] = made.find('AWS::Lambda::EventSourceMapping')
    assert.deepEqual(mapping.FunctionResponseTypes, ['ReportBatchItemFailures'])
    assert.equal(mapping.BatchSize, QUEUE.batchSize)
    assert.ok(
      mapping.ScalingConfig.MaximumConcurrency <=
        made.one('AWS::Lambda::Function', 'EventsFunction').ReservedConcurrentExecutions
    )
  })

  test('receives the events of the bucket, which depends on the policy of the queue', () => {
    const { NotificationConfiguration } = made.one('AWS::S3::Bucket', 'Sources')
    assert.deepEqual(
      NotificationConfiguration.QueueConfigurations.map(({ Event, Queue }: any) => [
        Event,
        flatten(Queue).slice(0, 12)
      ]),
      [['s3:ObjectCreated:*', '<EventsQueue']]
    )
    const [id = ''] = Object.keys(made.resources).filter((each) => each.startsWith('EventsQueuePolicy'))
    assert.ok(
      (
        made.resources[
          made
            .find('AWS::S3::Bucket')
            .map(([each]) => each)
            .find((each) => each.startsWith('Sources')) ?? ''
        ] as any
      ).DependsOn.includes(id)
    )
    assert.match(JSON.stringify(made.resources[id]), /"Service":"s3\.amazonaws\.com"/)
  })
})

describe('gateway', () => {
  test('requires AWS credentials unless the service authenticates callers', () => {
    const authorization = (synthesised: Synthesised) =>
      synthesised
        .find('AWS::ApiGatewayV2::Route')
        .map(([, { RouteKey, AuthorizationType }]) => [RouteKey, AuthorizationType])
    assert.deepEqual(authorization(made), [['$default', 'AWS_IAM']])
    assert.deepEqual(authorization(existing), [['$default', 'NONE']])
    assert.equal(existing.one('AWS::Lambda::Function', 'ApiFunction').Environment.Variables.POSTERFRAME_AUTH, 'api-key')
    const [[, integration] = ['', {}]] = made.find('AWS::ApiGatewayV2::Integration')
    assert.deepEqual([integration.PayloadFormatVersion, integration.TimeoutInMillis], ['2.0', 29_000])
  })

  test('does not log the query, which may contain a signature', () => {
    const [[, { AccessLogSettings }] = ['', {} as any]] = made.find('AWS::ApiGatewayV2::Stage')
    assert.deepEqual(Object.keys(JSON.parse(AccessLogSettings.Format)), [
      'requestId',
      'ip',
      'time',
      'method',
      'path',
      'status',
      'bytes',
      'milliseconds',
      'error'
    ])
    assert.doesNotMatch(AccessLogSettings.Format, /query|header|authorizer/i)
  })
})

test('alarms watch dead letters, the age of messages, errors, throttling, 5xx responses and backfills', () => {
  const names = made
    .find('AWS::CloudWatch::Alarm')
    .map(([id]) => id.replace(/Alarm\w*$/, ''))
    .sort()
  assert.deepEqual(names, [
    'ApiErrors',
    'ApiThrottles',
    'BackfillFailed',
    'BatchErrors',
    'BatchThrottles',
    'DeadLetters',
    'EventsErrors',
    'EventsThrottles',
    'QueueAge',
    'ServerErrors'
  ])
  const page = readFileSync(join(import.meta.dirname, '../../docs/deploy.md'), 'utf8')
  for (const name of names) {
    assert.match(page, new RegExp(`\`${name}\``), `docs/deploy.md explains ${name}`)
  }
  for (const [id, { AlarmActions, AlarmDescription }] of existing.find('AWS::CloudWatch::Alarm')) {
    assert.deepEqual(AlarmActions, [ALARMS_TOPIC], id)
    assert.ok(AlarmDescription.length > 40, 'the description says what to do')
  }
  assert.equal(made.find('AWS::CloudWatch::Dashboard').length, 1)
})

describe('cdk-nag', () => {
  test('finds nothing that is not acknowledged with a reason', () => {
    for (const { acknowledged } of [made, existing]) {
      for (const { path, id, reason } of acknowledged) assert.ok(reason.length > 30, `${path}: ${id}`)
      const rules = acknowledged.map(({ id }) => id.replace(/^.*::AwsSolutions-|^AwsSolutions-|\[.*$/g, ''))
      assert.deepEqual(
        rules.filter((rule) => !['S1', 'SMG4', 'IAM4', 'IAM5', 'APIG4'].includes(rule)),
        [],
        'no other rule is acknowledged'
      )
    }
  })

  test('rejects a careless bucket', () => {
    assert.throws(() => synthesise({}, (stack) => new Bucket(stack, 'Careless')), /[Vv]alidation failed/)
  })
})

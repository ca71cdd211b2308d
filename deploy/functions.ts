import { Aws, Duration, RemovalPolicy, SecretValue, Size } from 'aws-cdk-lib'
import { PolicyDocument, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import type { Function } from 'aws-cdk-lib/aws-lambda'
import { LogGroup } from 'aws-cdk-lib/aws-logs'
import { Secret } from 'aws-cdk-lib/aws-secretsmanager'
import type { Construct } from 'constructs'
import { acknowledge, acknowledgeStars } from './acknowledge.ts'
import { prepareArtefact } from './artefact.ts'
import type { Buckets } from './buckets.ts'
import { buildEnvironment, getUploadPrefixes, type StackInfo } from './environment.ts'
import { buildPolicy, type PolicyScope, type PolicyStatement, type RoleName } from './policy.ts'
import type { Settings } from './settings.ts'
import { RETENTION, SIZES } from './sizes.ts'

/** The three functions, each with its own handler of the same artefact. */
export type Functions = Readonly<Record<RoleName, Function>>

/** Creates the functions, each with its own role, log, size and environment. */
export function createFunctions (scope: Construct, settings: Settings, buckets: Buckets): Functions {
  const createFunction = prepareArtefact(scope, settings)
  const policyScope = buildScope(settings, buckets)
  const info: StackInfo = {
    sourceBucket: buckets.source.bucketName,
    outputBucket: buckets.output.bucketName,
    account: Aws.ACCOUNT_ID,
    secrets: {
      uploads: createUploadSecret(scope),
      apiKeys:
        settings.apiKeysSecret === undefined
          ? undefined
          : SecretValue.secretsManager(settings.apiKeysSecret).unsafeUnwrap(),
      signing:
        settings.signingSecret === undefined
          ? undefined
          : SecretValue.secretsManager(settings.signingSecret).unsafeUnwrap()
    }
  }
  const create = (name: RoleName, id: string, description: string, more: readonly PolicyStatement[] = []): Function => {
    const { memoryMib, timeoutSeconds, scratchMib, concurrency } = SIZES[name]
    const logGroup = new LogGroup(scope, `${id}Log`, {
      retention: RETENTION.logDays,
      removalPolicy: RemovalPolicy.DESTROY
    })
    return createFunction(`${id}Function`, name, {
      description: `Posterframe: ${description}`,
      role: createRole(scope, `${id}Role`, [...buildPolicy(name, policyScope), allowLog(logGroup), ...more]),
      logGroup,
      memorySize: memoryMib,
      timeout: Duration.seconds(timeoutSeconds),
      ephemeralStorageSize: Size.mebibytes(scratchMib),
      ...(settings.reserve ? { reservedConcurrentExecutions: concurrency } : {}),
      environment: buildEnvironment(name, settings, info),
      // Only this function holds secrets. With the key, reading its configuration is not enough to see them.
      ...(name === 'api' && buckets.key !== undefined ? { environmentEncryption: buckets.key } : {})
    })
  }
  return {
    api: create('api', 'Api', 'serves HTTP', allowEnvironment(buckets)),
    events: create('events', 'Events', 'creates thumbnails of new videos', allowCompletion(settings)),
    batch: create('batch', 'Batch', 'creates thumbnails of existing videos')
  }
}

function buildScope (settings: Settings, { source, output }: Buckets): PolicyScope {
  const sourceKeyArn = source.encryptionKey?.keyArn
  return {
    sourceBucketArns: [source.bucketArn],
    sourcePrefixes: settings.sourcePrefixes,
    outputBucketArn: output.bucketArn,
    outputPrefix: settings.outputPrefix,
    uploads: { bucketArn: source.bucketArn, prefixes: getUploadPrefixes(settings) },
    deletesThumbnails: settings.onSourceDeleted === 'delete',
    kms: {
      sourceKeyArns: sourceKeyArn === undefined ? [] : [sourceKeyArn],
      outputKeyArn: output.encryptionKey?.keyArn,
      uploadKeyArn: sourceKeyArn
    },
    region: Aws.REGION
  }
}

function createRole (scope: Construct, id: string, statements: readonly PolicyStatement[]): Role {
  const role = new Role(scope, id, {
    assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
    inlinePolicies: { rights: PolicyDocument.fromJson({ Version: '2012-10-17', Statement: statements }) }
  })
  acknowledgeStars(
    role,
    statements,
    'The part before the wildcard is one bucket and prefix, or one log group; keys and log streams have no names ' +
      'before they exist.'
  )
  return role
}

function allowLog (logGroup: LogGroup): PolicyStatement {
  return {
    Sid: 'WriteLog',
    Effect: 'Allow',
    Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
    Resource: [logGroup.logGroupArn]
  }
}

function allowEnvironment ({ key }: Buckets): PolicyStatement[] {
  return key === undefined
    ? []
    : [{ Sid: 'ReadEnvironment', Effect: 'Allow', Action: ['kms:Decrypt'], Resource: [key.keyArn] }]
}

const SENDING: Readonly<Record<string, string>> = {
  events: 'events:PutEvents',
  sns: 'sns:Publish',
  sqs: 'sqs:SendMessage'
}

function allowCompletion ({ completionTarget }: Settings): PolicyStatement[] {
  if (completionTarget === undefined) return []
  const action = SENDING[completionTarget.split(':')[2] ?? '']
  if (action === undefined) {
    throw new Error(`completionTarget is ${completionTarget}; it must be the ARN of an event bus, a topic or a queue`)
  }
  return [{ Sid: 'PublishCompletion', Effect: 'Allow', Action: [action], Resource: [completionTarget] }]
}

/** Generates 64 letters and digits, a valid base64url of 48 bytes. CloudFormation puts it into the environment. */
function createUploadSecret (scope: Construct): string {
  const secret = new Secret(scope, 'UploadSecret', {
    description: 'Posterframe: signs the tokens of multipart uploads',
    generateSecretString: { passwordLength: 64, excludePunctuation: true }
  })
  acknowledge(secret, {
    'AwsSolutions-SMG4':
      'A new value ends every upload in progress and reaches the function only with a deployment; docs/deploy.md ' +
        'says how to change it.'
  })
  return secret.secretValue.unsafeUnwrap()
}

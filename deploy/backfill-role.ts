import { Aws } from 'aws-cdk-lib'
import { PolicyDocument, Role, ServicePrincipal, type Policy } from 'aws-cdk-lib/aws-iam'
import type { Function } from 'aws-cdk-lib/aws-lambda'
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions'
import type { Construct } from 'constructs'
import { acknowledgeStars } from './acknowledge.ts'
import { JOBS_PREFIX, type Buckets } from './buckets.ts'
import type { PolicyStatement } from './policy.ts'

/** Prefix of the results of backfills in the output bucket. */
export const RESULTS_PREFIX = `${JOBS_PREFIX}backfill`

/**
 * Creates the role of a backfill. It lists the sources, invokes one function and writes results, logs and traces, but
 * reads no video itself.
 */
export function createBackfillRole (scope: Construct, { source, output }: Buckets, batch: Function): Role {
  const keyArn = output.encryptionKey?.keyArn
  const statements: PolicyStatement[] = [
    allow('ListSources', ['s3:ListBucket'], source.bucketArn),
    allow('MakeThumbnails', ['lambda:InvokeFunction'], batch.functionArn),
    allow(
      'WriteResults',
      ['s3:PutObject', 's3:GetObject', 's3:AbortMultipartUpload', 's3:ListMultipartUploadParts'],
      `${output.bucketArn}/${RESULTS_PREFIX}/*`
    ),
    ...(keyArn === undefined
      ? []
      : [
          {
            ...allow('UseKey', ['kms:Decrypt', 'kms:GenerateDataKey'], keyArn),
            Condition: { StringEquals: { 'kms:ViaService': `s3.${Aws.REGION}.amazonaws.com` } }
          }
        ])
  ]
  const telemetry: PolicyStatement[] = [
    allow(
      'DeliverLogs',
      [
        'logs:CreateLogDelivery',
        'logs:GetLogDelivery',
        'logs:UpdateLogDelivery',
        'logs:DeleteLogDelivery',
        'logs:ListLogDeliveries',
        'logs:PutResourcePolicy',
        'logs:DescribeResourcePolicies',
        'logs:DescribeLogGroups'
      ],
      '*'
    ),
    allow(
      'Trace',
      ['xray:PutTraceSegments', 'xray:PutTelemetryRecords', 'xray:GetSamplingRules', 'xray:GetSamplingTargets'],
      '*'
    )
  ]
  const role = new Role(scope, 'BackfillRole', {
    assumedBy: new ServicePrincipal('states.amazonaws.com', {
      conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } }
    }),
    inlinePolicies: {
      rights: PolicyDocument.fromJson({ Version: '2012-10-17', Statement: [...statements, ...telemetry] })
    }
  })
  acknowledgeStars(role, statements, 'Results are written below this prefix of one bucket.')
  acknowledgeStars(role, telemetry, 'Neither log delivery nor X-Ray supports a narrower resource.')
  return role
}

/**
 * Lets a Distributed Map start and watch child executions of its own state machine. The CDK creates this policy but
 * attaches it only to roles that it created.
 */
export function allowExecutions (role: Role, machine: StateMachine): void {
  const policy = machine.node.findChild('DistributedMapPolicy') as Policy
  policy.attachToRole(role)
  const { Statement: statements } = policy.document.toJSON() as { Statement: Array<{ Resource: string | string[] }> }
  acknowledgeStars(
    policy,
    statements.map(({ Resource }) => ({ Resource: [Resource].flat() })),
    'Executions of this state machine, whose names are chosen when they start.'
  )
}

function allow (sid: string, actions: readonly string[], ...resources: string[]): PolicyStatement {
  return { Sid: sid, Effect: 'Allow', Action: actions, Resource: resources }
}

import { Aws } from 'aws-cdk-lib'
import { PolicyDocument, Role, ServicePrincipal, type Policy } from 'aws-cdk-lib/aws-iam'
import type { Function } from 'aws-cdk-lib/aws-lambda'
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions'
import type { Construct } from 'constructs'
import { acknowledgeStars } from './acknowledge.ts'
import { JOBS_PREFIX, type Buckets } from './buckets.ts'
import type { PolicyStatement } from './policy.ts'

/** Where results of backfills lie in the output bucket. */
export const RESULTS_PREFIX = `${JOBS_PREFIX}backfill`

/**
 * What a backfill may: list the sources, call one function, write results, and its log and traces. It reads no video
 * itself.
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
  const telling: PolicyStatement[] = [
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
      rights: PolicyDocument.fromJson({ Version: '2012-10-17', Statement: [...statements, ...telling] })
    }
  })
  acknowledgeStars(role, statements, 'Results lie below this prefix of one bucket.')
  acknowledgeStars(role, telling, 'Neither the delivery of logs nor X-Ray knows a narrower resource.')
  return role
}

/**
 * A map that is distributed starts its own machine again for its children, and looks after them: the CDK writes that
 * policy, but gives it to no role that is not its own.
 */
export function allowExecutions (role: Role, machine: StateMachine): void {
  const policy = machine.node.findChild('DistributedMapPolicy') as Policy
  policy.attachToRole(role)
  const { Statement: statements } = policy.document.toJSON() as { Statement: Array<{ Resource: string | string[] }> }
  acknowledgeStars(
    policy,
    statements.map(({ Resource }) => ({ Resource: [Resource].flat() })),
    'Executions of this machine, whose names are given when they start.'
  )
}

function allow (sid: string, actions: readonly string[], ...resources: string[]): PolicyStatement {
  return { Sid: sid, Effect: 'Allow', Action: actions, Resource: resources }
}

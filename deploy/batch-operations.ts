import { Aws } from 'aws-cdk-lib'
import { PolicyDocument, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import type { Function } from 'aws-cdk-lib/aws-lambda'
import type { Construct } from 'constructs'
import { acknowledgeStars } from './acknowledge.ts'
import { JOBS_PREFIX, type Buckets } from './buckets.ts'
import type { PolicyStatement } from './policy.ts'

/**
 * Creates the role that a job of S3 Batch Operations assumes. It invokes the function `batch`, and reads manifests and
 * writes reports below `jobs/` in the output bucket.
 */
export function createBatchOperationsRole (scope: Construct, { output }: Buckets, batch: Function): Role {
  const jobs = `${output.bucketArn}/${JOBS_PREFIX}*`
  const keyArn = output.encryptionKey?.keyArn
  const statements: PolicyStatement[] = [
    { Sid: 'MakeThumbnails', Effect: 'Allow', Action: ['lambda:InvokeFunction'], Resource: [batch.functionArn] },
    { Sid: 'ReadManifests', Effect: 'Allow', Action: ['s3:GetObject', 's3:GetObjectVersion'], Resource: [jobs] },
    { Sid: 'WriteReports', Effect: 'Allow', Action: ['s3:PutObject'], Resource: [jobs] },
    ...(keyArn === undefined
      ? []
      : [
          {
            Sid: 'UseKey',
            Effect: 'Allow' as const,
            Action: ['kms:Decrypt', 'kms:GenerateDataKey'],
            Resource: [keyArn],
            Condition: { StringEquals: { 'kms:ViaService': `s3.${Aws.REGION}.amazonaws.com` } }
          }
        ])
  ]
  const role = new Role(scope, 'BatchOperationsRole', {
    description: 'Posterframe: jobs of S3 Batch Operations',
    assumedBy: new ServicePrincipal('batchoperations.s3.amazonaws.com', {
      conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } }
    }),
    inlinePolicies: { rights: PolicyDocument.fromJson({ Version: '2012-10-17', Statement: statements }) }
  })
  acknowledgeStars(role, statements, 'Manifests and reports are below this prefix of one bucket.')
  return role
}

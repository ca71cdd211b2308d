import type { Price } from '../../support/prices.ts'

/** List prices in us-east-1 of the services that can drive a backfill, as published in 2025. */
export const ENGINE_PRICES = {
  batchJob: { name: 'S3 Batch Operations, job', dollars: 0.25, unit: 'job', source: 'aws.amazon.com/s3/pricing' },
  batchObject: {
    name: 'S3 Batch Operations, object',
    dollars: 1,
    unit: '1,000,000',
    source: 'aws.amazon.com/s3/pricing'
  },
  stateTransition: {
    name: 'Step Functions, Standard: state transition',
    dollars: 0.025,
    unit: '1,000',
    source: 'aws.amazon.com/step-functions/pricing'
  },
  expressRequest: {
    name: 'Step Functions, Express: request',
    dollars: 1,
    unit: '1,000,000',
    source: 'aws.amazon.com/step-functions/pricing'
  },
  expressTime: {
    name: 'Step Functions, Express: time, in steps of 64 MB and 100 ms',
    dollars: 0.00001667,
    unit: 'GB-second',
    source: 'aws.amazon.com/step-functions/pricing'
  },
  queueRequest: {
    name: 'SQS, standard queue',
    dollars: 0.4,
    unit: '1,000,000 requests',
    source: 'aws.amazon.com/sqs/pricing'
  },
  fargateCpu: {
    name: 'Fargate, x86: virtual CPU',
    dollars: 0.04048,
    unit: 'hour',
    source: 'aws.amazon.com/fargate/pricing'
  },
  fargateMemory: {
    name: 'Fargate, x86: memory',
    dollars: 0.004445,
    unit: 'GB-hour',
    source: 'aws.amazon.com/fargate/pricing'
  },
  machineCpu: {
    name: 'EC2 c7i.2xlarge, a virtual CPU of 8',
    dollars: 0.357 / 8,
    unit: 'hour',
    source: 'aws.amazon.com/ec2/pricing/on-demand'
  }
} as const satisfies Record<string, Price>

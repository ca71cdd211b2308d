import type { Sample } from '../thumbnails/sample.ts'

/** One public price. */
export interface Price {
  readonly name: string
  readonly dollars: number
  readonly unit: string
  readonly source: string
}

/** List prices in us-east-1 without free tiers, as published in 2025; whoever reads this later looks them up again. */
export const PRICES = {
  get: { name: 'S3 GET and HEAD', dollars: 0.0004, unit: '1,000 requests', source: 'aws.amazon.com/s3/pricing' },
  put: { name: 'S3 PUT', dollars: 0.005, unit: '1,000 requests', source: 'aws.amazon.com/s3/pricing' },
  compute: { name: 'Lambda, x86', dollars: 0.0000166667, unit: 'GB-second', source: 'aws.amazon.com/lambda/pricing' },
  invocation: { name: 'Lambda invocation', dollars: 0.2, unit: '1,000,000', source: 'aws.amazon.com/lambda/pricing' },
  scratch: {
    name: 'Lambda ephemeral storage past 512 MB',
    dollars: 0.0000000309,
    unit: 'GB-second',
    source: 'aws.amazon.com/lambda/pricing'
  },
  sameRegion: {
    name: 'Transfer from S3 in the same region',
    dollars: 0,
    unit: 'GB',
    source: 'aws.amazon.com/s3/pricing'
  },
  otherRegion: {
    name: 'Transfer from S3 to another region',
    dollars: 0.02,
    unit: 'GB',
    source: 'aws.amazon.com/s3/pricing'
  }
} as const satisfies Record<string, Price>

/** What drives or carries many thumbnails; as published in 2025, too. */
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

/** Gigabytes of memory that buy two virtual CPUs, which is what was measured on. */
export const LAMBDA_GB = 3.457
const FREE_SCRATCH_GB = 0.5

/** What a thousand thumbnails cost, in dollars. */
export interface Dollars {
  readonly requests: number
  readonly compute: number
  readonly scratch: number
  /** Where the function runs in the bucket's region. */
  readonly total: number
  /** On top of it where it runs in another. */
  readonly otherRegion: number
}

/** The formula, for the page. */
export const FORMULA = `1,000 x (requests x GET / 1,000 + PUT / 1,000 + seconds x ${LAMBDA_GB} GB x compute + invocation / 1,000,000
  + seconds x max(0, scratch GB - ${FREE_SCRATCH_GB}) x ephemeral storage); in another region + 1,000 x bytes / 10^9 x transfer`

/** Prices one way by its medians. */
export function priceThousand ({
  requests,
  ms,
  bytes,
  scratchBytes
}: Pick<Sample, 'requests' | 'ms' | 'bytes' | 'scratchBytes'>): Dollars {
  const seconds = ms / 1000
  const requestDollars = requests * PRICES.get.dollars + PRICES.put.dollars
  const compute = 1000 * seconds * LAMBDA_GB * PRICES.compute.dollars + PRICES.invocation.dollars / 1000
  const scratch = 1000 * seconds * Math.max(0, scratchBytes / 1e9 - FREE_SCRATCH_GB) * PRICES.scratch.dollars
  return {
    requests: requestDollars,
    compute,
    scratch,
    total: requestDollars + compute + scratch,
    otherRegion: (bytes / 1e9) * 1000 * PRICES.otherRegion.dollars
  }
}

/** One public price. */
export interface Price {
  readonly name: string
  readonly dollars: number
  readonly unit: string
  readonly source: string
}

/** List prices in us-east-1 without free tiers, as published in 2025. Check them before you rely on them. */
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

/** Gigabytes of memory of a Lambda function with two virtual CPUs, which is what the bench ran on. */
export const LAMBDA_GB = 3.457

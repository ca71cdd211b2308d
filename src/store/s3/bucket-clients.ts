import { S3Client } from '@aws-sdk/client-s3'
import { WITHOUT_CHECKSUMS } from './s3-client.ts'

/** Settings of one bucket. */
export interface BucketSettings {
  /** Region of the bucket; undefined: that of the client until the store says otherwise. */
  readonly region?: string | undefined
  /** True if requests offer to pay, as buckets with Requester Pays demand. */
  readonly requesterPays?: boolean | undefined
  /** Account that must own the bucket, in place of the owner of all buckets. */
  readonly expectedOwner?: string | undefined
}

/** A client for each region, chosen by bucket. */
export interface BucketClients {
  /**
   * Calls `send` with the client of the bucket. If the store says that the bucket is in another region, remembers that
   * and calls `send` again, once.
   */
  run<T>(bucket: string, send: (client: S3Client) => Promise<T>): Promise<T>
  /** Returns the client that signs for the bucket, with the clock of the store. */
  signer(bucket: string): S3Client
}

/** The clients of the default region, and the settings of the buckets. */
export interface BucketClientsOptions {
  readonly client: S3Client
  /** Signs URLs and forms for the endpoint that browsers reach; undefined: `client` does. */
  readonly signingClient?: S3Client | undefined
  readonly buckets?: Readonly<Record<string, BucketSettings>> | undefined
}

/** Members of an error of the SDK that may say in which region a bucket is. */
interface RegionError {
  readonly Region?: unknown
  readonly $response?: { readonly statusCode?: number, readonly headers?: Readonly<Record<string, string>> }
}

const REGION = /^[a-z0-9][a-z0-9-]{0,62}$/
const REDIRECTS = [301, 307, 308, 400, 403]

/** Creates the clients of all regions that the buckets turn out to be in. Closing `client` closes all of them. */
export function createBucketClients (options: BucketClientsOptions): BucketClients {
  const { client, signingClient = client, buckets = {} } = options
  const regions = new Map<string, string>()
  const clients = new Map<string, { readonly client: S3Client, readonly signer: S3Client }>()
  for (const [bucket, { region }] of Object.entries(buckets)) if (region !== undefined) regions.set(bucket, region)

  function choose (bucket: string): { readonly client: S3Client, readonly signer: S3Client } {
    const region = regions.get(bucket)
    if (region === undefined) return { client, signer: signingClient }
    let chosen = clients.get(region)
    if (chosen === undefined) {
      const regional = moveClient(client, region)
      chosen = { client: regional, signer: signingClient === client ? regional : moveClient(signingClient, region) }
      clients.set(region, chosen)
    }
    return chosen
  }

  return {
    async run (bucket, send) {
      const { client: chosen } = choose(bucket)
      try {
        return await send(chosen)
      } catch (error) {
        const region = findRegion(error)
        if (region === undefined || region === (await chosen.config.region())) throw error
        regions.set(bucket, region)
        return await send(choose(bucket).client)
      }
    },

    signer (bucket) {
      const { client: chosen, signer } = choose(bucket)
      // A client that only signs hears no Date header, and one of a new region has not heard any yet.
      signer.config.systemClockOffset = chosen.config.systemClockOffset || client.config.systemClockOffset
      return signer
    }
  }
}

/** Returns a client like `client` for another region. It shares connections and credentials. */
function moveClient ({ config }: S3Client, region: string): S3Client {
  const { endpoint, credentials, forcePathStyle, requestHandler, maxAttempts } = config
  return new S3Client({
    region,
    credentials,
    forcePathStyle,
    requestHandler,
    maxAttempts,
    ...(endpoint === undefined ? {} : { endpoint }),
    ...WITHOUT_CHECKSUMS
  })
}

/** Returns the region that the store names in an error. */
function findRegion (error: unknown): string | undefined {
  const { $response, Region } = Object(error) as RegionError
  if (!REDIRECTS.includes($response?.statusCode ?? 0)) return undefined
  const region = $response?.headers?.['x-amz-bucket-region'] ?? Region
  return typeof region === 'string' && REGION.test(region) ? region : undefined
}

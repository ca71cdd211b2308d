import { randomBytes } from 'node:crypto'
import type { Config } from './config/config.ts'
import type { AppServices } from './http/services.ts'
import { loadLocalSecret, openLocalRoot } from './store/local/local-root.ts'
import { createLocalStore } from './store/local/local-store.ts'
import { createLocalUploadStore } from './store/local/local-upload-store.ts'
import type { ObjectStore } from './store/object-store.ts'
import { createBucketClients } from './store/s3/bucket-clients.ts'
import { type AwsCredentials, createS3Client, createSigningClient } from './store/s3/s3-client.ts'
import { createS3Probe } from './store/s3/s3-probe.ts'
import { createS3Store } from './store/s3/s3-store.ts'
import { createS3UploadStore } from './store/s3/s3-upload-store.ts'
import type { StoreProbe } from './store/store-probe.ts'
import type { UploadStore } from './store/upload-store.ts'

/** The object store, in all its roles. */
export interface Stores extends Pick<AppServices, 'objects' | 'localUploads'> {
  readonly store: ObjectStore
  /** Undefined: the local store. */
  readonly probe: StoreProbe | undefined
  readonly uploadStore: UploadStore
  /** Signs upload tokens if the configuration has no secret for them. */
  readonly uploadSecret: Uint8Array | undefined
}

/** Inputs that differ per entry point. */
export interface StoreOptions {
  /** Base of the local store's signed URLs, called once the service listens. */
  readonly publicUrl: () => string
  /** AWS credentials that were removed from the environment. */
  readonly awsCredentials?: AwsCredentials | undefined
}

/**
 * Opens the configured object store.
 *
 * @throws Error with a sentence for the operator if the directory of the local store cannot be used
 */
export async function openStores (config: Config, { publicUrl, awsCredentials }: StoreOptions): Promise<Stores> {
  if (config.store === 's3') {
    const client = createS3Client({ forcePathStyle: config.s3ForcePathStyle, credentials: awsCredentials })
    const signingClient = createSigningClient(client, config.s3PublicEndpoint)
    const s3 = { client, signingClient, buckets: config.s3Buckets }
    const { s3Encryption: encryption, s3ExpectedBucketOwner: expectedBucketOwner, s3SessionSeconds } = config
    const settings = { encryption, expectedBucketOwner, maxSessionSeconds: s3SessionSeconds }
    const options = { ...s3, ...settings, clients: createBucketClients(s3) }
    const uploadSecret = config.uploads.mayMakeSecret ? randomBytes(32) : undefined
    const [store, uploadStore] = [createS3Store(options), createS3UploadStore(options)]
    return { store, uploadStore, uploadSecret, probe: createS3Probe(options) }
  }
  const objects = await createLocalStore({
    directory: config.localDir,
    buckets: [...config.sourceBuckets, config.outputBucket],
    publicUrl
  })
  const root = await openLocalRoot(config.localDir)
  const localUploads = await createLocalUploadStore(root, { publicUrl })
  const uploadSecret = await loadLocalSecret(root, 'upload-secret')
  return { store: objects, objects, uploadStore: localUploads, localUploads, uploadSecret, probe: undefined }
}

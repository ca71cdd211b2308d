import { spawn } from 'node:child_process'
import { mkdir, open, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  paginateListObjectsV2,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
  type CompletedPart
} from '@aws-sdk/client-s3'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'
import { startStoreProxy, type StoreProxy } from './store-proxy.ts'

/** Bucket of the videos. */
export const VIDEOS = 'videos'
/** Bucket of the thumbnails. */
export const THUMBNAILS = 'thumbnails'

const CREDENTIALS = { accessKeyId: 'AKIDTEST', secretAccessKey: 'SECRETTEST' }
const REGION = 'us-east-1'
const PART_BYTES = 64 * 1024 * 1024
const UPLOADS_AT_ONCE = 4
const URL_SECONDS = 86_400
const STORE_BYTES = 64 * 1024 ** 3

/** A radosgw that all contestants reach through the proxy. */
export interface BenchStore {
  readonly proxy: StoreProxy
  /** Environment variables with which the service finds the store. */
  readonly env: Readonly<Record<string, string>>
  /** Puts a file into the bucket of videos, without the proxy. */
  upload(file: string, key: string): Promise<void>
  /** Copies a video to a new key, for which no cache has an index. */
  copy(key: string, copy: string): Promise<void>
  /** Lists the keys of the bucket of thumbnails that begin with a prefix. */
  listThumbnails(prefix: string): Promise<string[]>
  presignGet(key: string): Promise<string>
  presignPut(key: string): Promise<string>
  close(): void
}

/**
 * Starts radosgw with its data in a directory, which is created if it is missing. The store stops and deletes its data
 * when this process ends.
 *
 * @throws Error if radosgw does not start
 */
export async function startStore (directory: string): Promise<BenchStore> {
  await mkdir(directory, { recursive: true })
  const { endpoint, stop } = await startRadosgw(directory)
  const proxy = await startStoreProxy(Number(new URL(endpoint).port))
  const direct = createClient(endpoint)
  const proxied = createClient(proxy.endpoint)
  for (const bucket of [VIDEOS, THUMBNAILS]) await direct.send(new CreateBucketCommand({ Bucket: bucket }))
  return {
    proxy,
    env: {
      AWS_ENDPOINT_URL_S3: proxy.endpoint,
      AWS_REGION: REGION,
      AWS_ACCESS_KEY_ID: CREDENTIALS.accessKeyId,
      AWS_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey
    },
    upload: (file, key) => uploadParts(direct, file, key),
    async copy (key, copy) {
      await direct.send(new CopyObjectCommand({ Bucket: VIDEOS, Key: copy, CopySource: `${VIDEOS}/${key}` }))
    },
    async listThumbnails (prefix) {
      const keys: string[] = []
      for await (const { Contents = [] } of paginateListObjectsV2(
        { client: direct },
        { Bucket: THUMBNAILS, Prefix: prefix }
      )) { keys.push(...Contents.map(({ Key = '' }) => Key)) }
      return keys
    },
    presignGet: (Key) =>
      getSignedUrl(proxied, new GetObjectCommand({ Bucket: VIDEOS, Key }), { expiresIn: URL_SECONDS }),
    presignPut: (Key) =>
      getSignedUrl(proxied, new PutObjectCommand({ Bucket: THUMBNAILS, Key }), { expiresIn: URL_SECONDS }),
    close () {
      proxy.close()
      stop()
    }
  }
}

async function startRadosgw (directory: string): Promise<{ endpoint: string, stop: () => void }> {
  const child = spawn(join(import.meta.dirname, '../../test/support/radosgw-up.sh'), {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, TMPDIR: directory, CEPH_ARGS: `--bluestore-block-size=${STORE_BYTES}` }
  })
  for await (const endpoint of createInterface(child.stdout)) return { endpoint, stop: () => child.stdin.end() }
  throw new Error('radosgw did not start. Install the packages radosgw, ceph-mon, ceph-osd and ceph-common.')
}

function createClient (endpoint: string): S3Client {
  return new S3Client({
    endpoint,
    credentials: CREDENTIALS,
    region: REGION,
    forcePathStyle: true,
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED'
  })
}

async function uploadParts (client: S3Client, path: string, key: string): Promise<void> {
  const target = { Bucket: VIDEOS, Key: key }
  const { UploadId } = await client.send(new CreateMultipartUploadCommand(target))
  const count = Math.max(1, Math.ceil((await stat(path)).size / PART_BYTES))
  const parts: CompletedPart[] = []
  const file = await open(path)
  try {
    let next = 0
    await Promise.all(
      Array.from({ length: UPLOADS_AT_ONCE }, async () => {
        for (let at = next++; at < count; at = next++) {
          const { buffer, bytesRead } = await file.read(Buffer.alloc(PART_BYTES), 0, PART_BYTES, at * PART_BYTES)
          const { ETag } = await client.send(
            new UploadPartCommand({ ...target, UploadId, PartNumber: at + 1, Body: buffer.subarray(0, bytesRead) })
          )
          parts[at] = { PartNumber: at + 1, ...(ETag === undefined ? {} : { ETag }) }
        }
      })
    )
  } finally {
    await file.close()
  }
  await client.send(new CompleteMultipartUploadCommand({ ...target, UploadId, MultipartUpload: { Parts: parts } }))
}

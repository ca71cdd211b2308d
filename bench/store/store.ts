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
import { startSlowWay, type SlowWay } from './store-proxy.ts'

/** The buckets of the bench. */
export const VIDEOS = 'videos'
export const THUMBNAILS = 'thumbnails'

const CREDENTIALS = { accessKeyId: 'AKIDTEST', secretAccessKey: 'SECRETTEST' }
const REGION = 'us-east-1'
const PART_BYTES = 64 * 1024 * 1024
const UPLOADS_AT_ONCE = 4
const STORE_BYTES = 64 * 1024 ** 3

/** A radosgw that everybody under test reaches by way of the proxy alone. */
export interface BenchStore {
  readonly slowWay: SlowWay
  /** What the service needs in its environment. */
  readonly env: Readonly<Record<string, string>>
  /** Puts a file into the bucket of videos, past the proxy. */
  upload(file: string, key: string): Promise<void>
  /** Makes an object that shares its bytes with another but has a name, so an index in no cache. */
  copy(key: string, copy: string): Promise<void>
  /** The keys of the bucket of pictures that begin with a prefix. */
  listPictures(prefix: string): Promise<string[]>
  presignGet(key: string): Promise<string>
  presignPut(key: string): Promise<string>
  close(): void
}

/**
 * Starts radosgw with its data in a directory, made where it is missing, that it empties when it ends; it ends with
 * this process.
 */
export async function startStore (directory: string): Promise<BenchStore> {
  await mkdir(directory, { recursive: true })
  const { endpoint, stop } = await startRadosgw(directory)
  const slowWay = await startSlowWay(Number(new URL(endpoint).port))
  const direct = createClient(endpoint)
  const slow = createClient(slowWay.endpoint)
  for (const bucket of [VIDEOS, THUMBNAILS]) await direct.send(new CreateBucketCommand({ Bucket: bucket }))
  return {
    slowWay,
    env: {
      AWS_ENDPOINT_URL_S3: slowWay.endpoint,
      AWS_REGION: REGION,
      AWS_ACCESS_KEY_ID: CREDENTIALS.accessKeyId,
      AWS_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey
    },
    upload: (file, key) => uploadParts(direct, file, key),
    async copy (key, copy) {
      await direct.send(new CopyObjectCommand({ Bucket: VIDEOS, Key: copy, CopySource: `${VIDEOS}/${key}` }))
    },
    async listPictures (prefix) {
      const keys: string[] = []
      for await (const { Contents = [] } of paginateListObjectsV2(
        { client: direct },
        { Bucket: THUMBNAILS, Prefix: prefix }
      )) { keys.push(...Contents.map(({ Key = '' }) => Key)) }
      return keys
    },
    presignGet: (key) => getSignedUrl(slow, new GetObjectCommand({ Bucket: VIDEOS, Key: key }), { expiresIn: 86_400 }),
    presignPut: (key) =>
      getSignedUrl(slow, new PutObjectCommand({ Bucket: THUMBNAILS, Key: key }), { expiresIn: 86_400 }),
    close () {
      slowWay.close()
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
  throw new Error("radosgw did not start: it needs Debian's radosgw, ceph-mon, ceph-osd and ceph-common")
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

import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import { createInterface } from 'node:readline'
import { CreateBucketCommand, PutBucketPolicyCommand, S3Client } from '@aws-sdk/client-s3'
import tap from 'tap'

/** An S3 server that checks signatures, expiry and conditions as S3 does. */
export interface Radosgw {
  readonly endpoint: string
  readonly credentials: { readonly accessKeyId: string, readonly secretAccessKey: string }
  /** Environment variables of the SDK that point a process to the server. */
  readonly env: Readonly<Record<string, string>>
  /** Creates a bucket with a unique name and returns the name. */
  createBucket(): Promise<string>
  /** Credentials of a user without buckets, whose permissions {@link allow} adds. All tests of a server share it. */
  readonly limitedCredentials: Radosgw['credentials']
  /** Adds statements to the IAM policies of the limited user. */
  allow(statements: readonly object[]): Promise<void>
  /**
   * Adds statements to the policy of a bucket. Forms need this, because radosgw checks them before it reads the
   * policies of the user who signed them.
   */
  allowOnBucket(bucket: string, statements: readonly object[]): Promise<void>
}

/** The reason to skip tests that need radosgw, for tap's `skip`; false if they can run. */
export const radosgwMissing: string | false = findRadosgw()

let running: Promise<Radosgw> | undefined

/**
 * Starts a radosgw that all tests of this process share and that stops with them. If `POSTERFRAME_TEST_S3` is set to
 * the URL of a server that `radosgw-up.sh` started, returns that server.
 */
export function startRadosgw (): Promise<Radosgw> {
  running ??= (async () => createRadosgw(process.env['POSTERFRAME_TEST_S3'] ?? (await start())))()
  return running
}

async function start (): Promise<string> {
  const child = spawn(join(import.meta.dirname, 'radosgw-up.sh'), { stdio: ['pipe', 'pipe', 'inherit'] })
  tap.teardown(async () => {
    child.stdin.end()
    if (child.exitCode === null && child.signalCode === null) await once(child, 'close')
  })
  for await (const line of createInterface(child.stdout)) return line
  throw new Error('radosgw did not start')
}

function createRadosgw (endpoint: string): Radosgw {
  const credentials = { accessKeyId: 'AKIDTEST', secretAccessKey: 'SECRETTEST' }
  const createClient = () => new S3Client({ endpoint, credentials, region: 'us-east-1', forcePathStyle: true })
  return {
    endpoint,
    credentials,
    env: {
      AWS_ENDPOINT_URL_S3: endpoint,
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey
    },
    async createBucket () {
      const name = `test-${randomBytes(8).toString('hex')}`
      const client = createClient()
      await client.send(new CreateBucketCommand({ Bucket: name }))
      client.destroy()
      return name
    },
    limitedCredentials: { accessKeyId: 'AKIDLIMITED', secretAccessKey: 'SECRETLIMITED' },
    async allow (statements) {
      const client = createClient()
      const { host, hostname, port, protocol } = new URL(endpoint)
      const document = JSON.stringify({ Version: '2012-10-17', Statement: statements })
      const call = {
        Action: 'PutUserPolicy',
        UserName: 'limited',
        PolicyName: randomBytes(8).toString('hex'),
        PolicyDocument: document
      }
      const body = new URLSearchParams(call).toString()
      const signer = await client.config.signer()
      const headers = { host, 'content-type': 'application/x-www-form-urlencoded' }
      const signed = await signer.sign({
        method: 'POST',
        protocol,
        hostname,
        port: Number(port),
        path: '/',
        query: {},
        headers,
        body
      })
      const response = await fetch(`${endpoint}/`, { method: 'POST', headers: signed.headers, body })
      client.destroy()
      if (!response.ok) throw new Error(`radosgw rejected the policy: ${response.status} ${await response.text()}`)
    },
    async allowOnBucket (bucket, statements) {
      const client = createClient()
      const owned = statements.map((statement) => ({ ...statement, Principal: { AWS: 'arn:aws:iam:::user/limited' } }))
      await client.send(
        new PutBucketPolicyCommand({
          Bucket: bucket,
          Policy: JSON.stringify({ Version: '2012-10-17', Statement: owned })
        })
      )
      client.destroy()
    }
  }
}

function findRadosgw (): string | false {
  if (process.env['POSTERFRAME_TEST_S3'] !== undefined) return false
  const missing = ['radosgw', 'ceph-mon', 'ceph-osd', 'ceph'].filter((name) => !isOnPath(name))
  return missing.length > 0 && `needs ${missing.join(', ')} (Debian: radosgw ceph-mon ceph-osd ceph-common)`
}

function isOnPath (name: string): boolean {
  return (process.env['PATH'] ?? '').split(delimiter).some((directory) => {
    try {
      accessSync(join(directory, name), constants.X_OK)
      return true
    } catch {
      return false
    }
  })
}

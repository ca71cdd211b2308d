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
  /** What a process needs in its environment to use the server by the SDK's own variables. */
  readonly env: Readonly<Record<string, string>>
  /** Makes a bucket that no other test has; answers its name. */
  createBucket(): Promise<string>
  /** A user who owns nothing; what it may is what {@link allow} says. One for all tests of a server. */
  readonly limitedCredentials: Radosgw['credentials']
  /** Adds statements of an IAM policy to what the limited user may. */
  allow(statements: readonly object[]): Promise<void>
  /**
   * The same by a policy of the bucket: forms are judged before radosgw has read the policies of whoever signed them.
   */
  allowOnBucket(bucket: string, statements: readonly object[]): Promise<void>
}

/** Why tests on radosgw cannot run here, for tap's `skip`; `false` where they can. */
export const radosgwMissing: string | false = findRadosgw()

let running: Promise<Radosgw> | undefined

/**
 * Starts a radosgw that all tests of this process share and that ends with them. Where the variable
 * `POSTERFRAME_TEST_S3` holds the address of one that was started by `radosgw-up.sh` for many test files, that one is
 * used.
 */
export function startRadosgw (): Promise<Radosgw> {
  running ??= (async () => describe(process.env['POSTERFRAME_TEST_S3'] ?? (await start())))()
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

function describe (endpoint: string): Radosgw {
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
      const answer = await fetch(`${endpoint}/`, { method: 'POST', headers: signed.headers, body })
      client.destroy()
      if (!answer.ok) throw new Error(`radosgw does not take the policy: ${answer.status} ${await answer.text()}`)
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

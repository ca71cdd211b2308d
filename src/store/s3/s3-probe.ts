import type { Readable } from 'node:stream'
import {
  GetBucketCorsCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand
} from '@aws-sdk/client-s3'
import type { CorsRule, Found, ProbeReply, ProbeRequest, StoreProbe } from '../store-probe.ts'
import { createBucketClients } from './bucket-clients.ts'
import { formatCondition } from './entity-tag.ts'
import {
  bucketParameters,
  encryptionParameters,
  payerParameters,
  payFor,
  type S3StoreOptions
} from './s3-parameters.ts'

const MAX_LISTED = 10
/** Bytes that a GET of the probe asks for. */
const RANGE = 'bytes=0-15'

/** The parts of the SDK's requests, responses and errors that the probe reads. */
interface WireRequest {
  readonly protocol: string
  readonly hostname: string
  readonly port?: number
}
interface WireResponse {
  readonly statusCode: number
  readonly headers: Readonly<Record<string, string>>
}
interface SdkError extends Error {
  readonly code?: string
  readonly $metadata?: { readonly httpStatusCode?: number }
  readonly errors?: readonly SdkError[]
}
type SdkOutput = Pick<ProbeReply, 'objects' | 'corsRules'>

/** Creates the probe of Amazon S3 or an S3-compatible server. Sends the same parameters as the store. */
export function createS3Probe (options: S3StoreOptions): StoreProbe {
  const { client, clients = createBucketClients(options) } = options
  return {
    readRegion: () => find(() => client.config.region()),
    readCredentials: () =>
      find(async () => {
        const { accessKeyId, expiration } = await client.config.credentials()
        return { accessKeyId, expiration }
      }),

    async ask (request, { signal, paysRequest = false }) {
      const seen = createWireLog()
      // All commands have the same kind of stack, which their union hides.
      const command = buildCommand(request, options) as HeadBucketCommand
      if (paysRequest || payerParameters(options, request.bucket).RequestPayer !== undefined) payFor(command)
      command.middlewareStack.add(
        (next) => async (args) => {
          seen.startAttempt(args.request as WireRequest)
          const result = await next(args)
          seen.addResponse(result.response as WireResponse)
          return result
        },
        // The innermost place sees every attempt before the SDK reads the response.
        { step: 'deserialize', priority: 'low', name: 'posterframeProbe' }
      )
      try {
        const output = (await clients.run(request.bucket, (regional) =>
          regional.send(command, { abortSignal: signal })
        )) as object
        return { ...seen.read(), ok: true, code: undefined, ...readOutput(output) }
      } catch (error) {
        signal.throwIfAborted()
        return { ...seen.read(), ok: false, code: readCode(error as SdkError), objects: [], corsRules: [] }
      }
    }
  }
}

async function find<T> (read: () => Promise<T>): Promise<Found<T>> {
  try {
    return { value: await read() }
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) }
  }
}

function buildCommand (request: ProbeRequest, options: S3StoreOptions) {
  const parameters = { Bucket: request.bucket, ...bucketParameters(options, request.bucket) }
  switch (request.operation) {
    case 'head-bucket':
      return new HeadBucketCommand(parameters)
    case 'get-cors':
      return new GetBucketCorsCommand(parameters)
    case 'list':
      return new ListObjectsV2Command({ ...parameters, Prefix: request.prefix, MaxKeys: MAX_LISTED })
    case 'head':
      return new HeadObjectCommand({ ...parameters, Key: request.key })
    case 'get': {
      const condition = request.etag === undefined ? undefined : formatCondition(request.etag)
      const conditions = condition === undefined ? {} : { IfMatch: condition }
      return new GetObjectCommand({ ...parameters, Key: request.key, Range: RANGE, ...conditions })
    }
    case 'put': {
      const { key: Key, data: Body } = request
      return new PutObjectCommand({
        ...parameters,
        Key,
        Body,
        ContentType: 'text/plain',
        ...encryptionParameters(options)
      })
    }
  }
}

/** Collects what passes between the client and the store during one request. */
function createWireLog () {
  const statuses: number[] = []
  let origin: string | undefined
  let last: WireResponse | undefined
  let region: string | undefined
  let skewMs: number | undefined
  return {
    startAttempt ({ protocol, hostname, port }: WireRequest) {
      last = undefined
      origin = `${protocol}//${hostname}${port === undefined ? '' : `:${port}`}`
    },
    addResponse (response: WireResponse) {
      last = response
      statuses.push(response.statusCode)
      region = response.headers['x-amz-bucket-region'] ?? region
      const skew = Date.parse(response.headers['date'] ?? '') - Date.now()
      if (Math.abs(skew) >= Math.abs(skewMs ?? 0)) skewMs = skew
    },
    read: () => ({ statuses, origin, region, skewMs, status: last?.statusCode, headers: last?.headers ?? {} })
  }
}

/** Returns the error code. Of a connection that tried several addresses, the first error counts. */
function readCode ({ name, code, errors, $metadata }: SdkError): string | undefined {
  if ($metadata?.httpStatusCode === undefined) return errors?.[0]?.code ?? code ?? name
  // The SDK names an error without a body after its status, or not at all.
  return ['Unknown', 'UnknownError', 'NotFound', 'Forbidden', '301', '400', '403'].includes(name) ? undefined : name
}

function readOutput (output: {
  readonly Body?: unknown
  readonly Contents?: ReadonlyArray<{ readonly Key?: string, readonly Size?: number }>
  readonly CORSRules?: ReadonlyArray<Readonly<Record<string, unknown>>>
}): SdkOutput {
  // The headers are all that counts.
  ;(output.Body as Readable | undefined)?.destroy()
  const list = (value: unknown) => (value ?? []) as readonly string[]
  return {
    objects: (output.Contents ?? []).map(({ Key: key = '', Size: bytes = 0 }) => ({ key, bytes })),
    corsRules: (output.CORSRules ?? []).map((rule): CorsRule => ({
      origins: list(rule['AllowedOrigins']),
      methods: list(rule['AllowedMethods']),
      headers: list(rule['AllowedHeaders']),
      exposedHeaders: list(rule['ExposeHeaders'])
    }))
  }
}

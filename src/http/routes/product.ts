import type { FastifySchema } from 'fastify'
import type { TSchema } from 'typebox'
import type { JobKind } from '../../jobs/job.ts'
import type { StepTimes } from '../../telemetry/work.ts'
import type { MakeContext, StoredSource } from '../../thumbnails/thumbnail.ts'
import { readSource } from '../source-request.ts'
import type { App, AppServices, AppSettings } from '../services.ts'
import { handleJobRequest, type PrepareJob } from './async-job.ts'

/** Route that makes something from one stored video and a JSON body, in the request or as a background job. */
export interface Product<RawOptions, Options> {
  readonly kind: JobKind
  readonly path: string
  readonly schema: FastifySchema
  /** Schema of the result, with an `$id`. */
  readonly resultSchema: TSchema
  /** Fills in the defaults. Throws if the options contradict each other. */
  readonly completeOptions: (raw: RawOptions) => Options
  /** Makes the product, or finds the stored one. */
  readonly make: (
    request: { readonly source: StoredSource, readonly options: Options },
    context: MakeContext
  ) => Promise<{ readonly result: { readonly cached: boolean }, readonly stepTimes: StepTimes }>
}

/** Registers the route of a product. The response is 200 if the product was stored already, 201 if it is new. */
export function registerProduct<RawOptions, Options> (
  app: App,
  { kind, path, schema, resultSchema, completeOptions, make }: Product<RawOptions, Options>,
  { jobs }: Pick<AppServices, 'jobs'>,
  settings: AppSettings
): PrepareJob {
  const prepare: PrepareJob = (request, body) => {
    const { key, bucket, ...raw } = body as { readonly key: string, readonly bucket?: string }
    const source = readSource(request, { key, bucket }, settings)
    const options = completeOptions(raw as RawOptions)
    return async (context) => {
      const { result, stepTimes } = await make({ source, options }, context)
      return { status: result.cached ? 200 : 201, body: result, stepTimes }
    }
  }

  app.addSchema(resultSchema)
  app.post(
    path,
    { schema },
    async (request, reply) => await handleJobRequest(request, reply, { ...settings, kind, prepare, jobs })
  )
  return prepare
}

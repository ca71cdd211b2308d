import type * as OtlpTracer from './otlp-tracer.ts'
import { NO_TRACER, type Tracer } from './tracer.ts'

// Beside this module in the sources, beside the bundle in dist/. Not a literal, so that it stays out of the bundle.
const TRACER_URL = new URL(import.meta.url.endsWith('.ts') ? './otlp-tracer.ts' : './otlp-tracer.mjs', import.meta.url)
  .href

/** The tracer for `endpoint`; without one nothing is traced, and OpenTelemetry is not even loaded. */
export async function loadTracer ({
  endpoint,
  version
}: {
  readonly endpoint: string | undefined
  readonly version: string
}): Promise<Tracer> {
  if (endpoint === undefined) return NO_TRACER
  const { createOtlpTracer } = (await import(TRACER_URL)) as typeof OtlpTracer
  return createOtlpTracer({ endpoint, version })
}

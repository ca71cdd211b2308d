import type * as OtlpTracer from './otlp-tracer.ts'
import { NO_TRACER, type Tracer } from './tracer.ts'

// Next to this module in src/, next to the bundle in dist/. Not a literal, so that the bundler leaves it out.
const TRACER_URL = new URL(import.meta.url.endsWith('.ts') ? './otlp-tracer.ts' : './otlp-tracer.mjs', import.meta.url)
  .href

/**
 * Loads OpenTelemetry and returns a tracer for `endpoint`. Without an endpoint, returns one that discards everything.
 */
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

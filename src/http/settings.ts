import type { Config } from '../config/config.ts'
import manifest from '../../package.json' with { type: 'json' }
import type { AppSettings } from './services.ts'

/** Returns the settings of the HTTP layer for a configuration. */
export function buildAppSettings (
  config: Config,
  { onLambda, isWorker = false }: { onLambda: boolean, isWorker?: boolean }
): AppSettings {
  return {
    defaultBucket: config.sourceBuckets[0],
    sourceBuckets: config.sourceBuckets,
    maxUploadBytes: config.maxUploadBytes,
    timeoutMs: config.timeoutMs,
    isDelivered: config.deliveryUrl !== undefined,
    logLevel: config.logLevel,
    version: manifest.version,
    access: config.access,
    security: config.security,
    connections: config.connections,
    trustProxy: config.security.trustProxy,
    onLambda,
    isWorker
  }
}

import type { Config } from '../config.ts'
import type { AppSettings } from './app.ts'
import manifest from '../../package.json' with { type: 'json' }

/** What the HTTP layer needs of the configuration. */
export function planSettings (config: Config, { onLambda, isWorker = false }: { onLambda: boolean, isWorker?: boolean }): AppSettings {
  return {
    defaultBucket: config.sourceBuckets[0],
    maxUploadBytes: config.maxUploadBytes,
    timeoutMs: config.timeoutMs,
    isDelivered: config.deliveryUrl !== undefined,
    logLevel: config.logLevel,
    version: manifest.version,
    access: config.access,
    guards: config.guards,
    trustProxy: config.guards.trustProxy,
    onLambda,
    isWorker
  }
}

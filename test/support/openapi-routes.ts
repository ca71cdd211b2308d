// Stand-ins for the services that some routes depend on, so that an app has every route of openapi.yaml.
import type { AppServices } from '../../src/http/services.ts'
import type { LocalStore } from '../../src/store/local/local-store.ts'
import type { LocalUploadStore } from '../../src/store/local/local-upload-store.ts'
import type { Prometheus } from '../../src/telemetry/prometheus.ts'

/** Services that only have to exist: no test requests an object or counts a request. */
export const ALL_ROUTES: Pick<AppServices, 'objects' | 'localUploads' | 'metrics'> = {
  objects: {} as LocalStore,
  localUploads: {} as LocalUploadStore,
  metrics: { countRequest () {} } as unknown as Prometheus
}

import type { Finding } from './check.ts'

const CERTIFICATE = /CERT|SELF_SIGNED|UNABLE_TO_(VERIFY|GET)/
const NO_TLS = ['EPROTO', 'ERR_SSL_WRONG_VERSION_NUMBER', 'ERR_SSL_PACKET_LENGTH_TOO_LONG']

/** Explains why a request got no response. `origin` is undefined if the client could not even build the request. */
export function explainConnection (origin: string | undefined, code = 'unknown error'): Finding {
  const place = origin ?? 'the endpoint of the store'
  const host = origin === undefined ? '' : new URL(origin).hostname
  if (origin === undefined) {
    return {
      detail: `The client could not build a request to the store (${code}).`,
      nextStep: 'Check AWS_ENDPOINT_URL_S3, which must be a URL such as https://minio.example:9000, and the AWS profile.'
    }
  }
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') {
    return {
      detail: `The name ${host} cannot be resolved (${code}).`,
      nextStep:
        'Check AWS_ENDPOINT_URL_S3 and the DNS of this machine; if the name begins with that of the bucket, set ' +
          'POSTERFRAME_S3_FORCE_PATH_STYLE=true.'
    }
  }
  if (code === 'ECONNREFUSED') {
    return {
      detail: `Nothing listens at ${place} (ECONNREFUSED).`,
      nextStep:
        'Start the store or correct the host and port of AWS_ENDPOINT_URL_S3; in a container, localhost is the ' +
          'container itself.'
    }
  }
  if (NO_TLS.includes(code)) {
    return {
      detail: `${place} does not speak TLS (${code}).`,
      nextStep: 'Begin AWS_ENDPOINT_URL_S3 with http:// instead of https://, or give the store a certificate.'
    }
  }
  if (CERTIFICATE.test(code)) {
    return {
      detail: `The certificate of ${place} is not trusted (${code}).`,
      nextStep: 'Set NODE_EXTRA_CA_CERTS to the file of the authority that signed it, or correct the host name.'
    }
  }
  return {
    detail: `${place} did not respond (${code}).`,
    nextStep: 'Check that the store runs and that firewalls, security groups and proxies let this machine reach it.'
  }
}

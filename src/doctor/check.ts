/** Result of one check of `posterframe doctor`. */
export interface Check {
  /** What was checked, such as `region` or `bucket videos: list`. */
  readonly name: string
  /** `warn`: the service works, but not everything that it offers. */
  readonly status: 'ok' | 'warn' | 'fail'
  /** One sentence: what was found. */
  readonly detail: string
  /** One sentence: what to do. Only of a check that is not ok. */
  readonly nextStep?: string
}

/** A reason why something does not work, and what to do about it. */
export interface Finding {
  readonly detail: string
  readonly nextStep: string
}

/** Returns a check that passed. */
export function passed (name: string, detail: string): Check {
  return { name, status: 'ok', detail }
}

/** Returns a check that failed. */
export function failed (name: string, { detail, nextStep }: Finding): Check {
  return { name, status: 'fail', detail, nextStep }
}

/** Returns a check that found a limitation. */
export function warned (name: string, { detail, nextStep }: Finding): Check {
  return { name, status: 'warn', detail, nextStep }
}

/** Formats a number of bytes as a person reads it. */
export function formatBytes (bytes: number): string {
  const [size, unit] = bytes >= 2 ** 30 ? [bytes / 2 ** 30, 'GiB'] : [bytes / 2 ** 20, 'MiB']
  return `${size.toLocaleString('en', { maximumFractionDigits: 1 })} ${unit}`
}

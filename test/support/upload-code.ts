// What the browser code of docs/uploads.md gives to a page.
export interface StartedUpload {
  readonly key: string
  readonly url: string
  readonly method: 'post' | 'put'
  readonly fields: Record<string, string>
  readonly headers: Record<string, string>
  readonly token: string
  readonly partCount: number
}

export declare function startUpload (
  api: string,
  file: File,
  options?: { parts?: boolean, method?: 'post' | 'put' },
  headers?: Record<string, string>
): Promise<StartedUpload>
export declare function sendForm (upload: StartedUpload, file: File): Promise<void>
export declare function sendPut (upload: StartedUpload, file: File): Promise<void>
export declare function sendParts (
  api: string,
  token: string,
  file: Blob,
  options?: { headers?: Record<string, string>, onProgress?: (share: number) => void }
): Promise<{ readonly key: string, readonly bytes: number }>

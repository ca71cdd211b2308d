/** A problem that the user has to solve. The message says how. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError'
}

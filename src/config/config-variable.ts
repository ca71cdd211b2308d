/** One environment variable, for docs/configuration.md and for suggestions when a name is misspelled. */
export interface ConfigVariable {
  readonly name: string
  readonly default: string
  readonly meaning: string
}

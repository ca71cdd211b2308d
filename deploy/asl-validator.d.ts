declare module 'asl-validator' {
  /** Validates a state machine against the schemas of the Amazon States Language and its rules beyond them. */
  export default function validate (definition: object): {
    readonly isValid: boolean
    readonly errorsText: (separator: string) => string
  }
}

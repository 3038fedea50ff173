/** The configuration cannot be used; the message names the file, the key and the way out. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

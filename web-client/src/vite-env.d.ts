/** Text files are fetched, not bundled. */
declare module '*.ftl?url' {
  const url: string;
  export default url;
}

// Svelte 5 in runes mode everywhere: what is reactive says so.
export default {
  compilerOptions: { runes: true },
};

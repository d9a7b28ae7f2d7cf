declare module '@joplin/turndown-plugin-gfm' {
  import type TurndownService from 'turndown';
  type Plugin = (service: TurndownService) => void;
  export const strikethrough: Plugin;
  export const taskListItems: Plugin;
}

/** What an id that names no file is told, whether it is no id, another's, or one whose file never came. */
export const noSuchFile =
  'there is no such file; an id that POST /files gave names a file once it was uploaded to its upload_url';

/** What to do where nothing is found that a start would have made. */
export const inOtherFolder =
  'If it was started elsewhere, call the doctor there, or set RUNNEL_DATA_DIR to its data folder';

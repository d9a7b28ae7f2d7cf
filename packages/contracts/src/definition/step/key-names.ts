/** The named keys of Puppeteer's `KeyInput`; all others are single characters. */
const names = new Set(
  'Power Eject Abort Help Backspace Tab Numpad5 NumpadEnter Enter ShiftLeft ShiftRight ControlLeft ControlRight AltLeft AltRight Pause CapsLock Escape Convert NonConvert Space Numpad9 PageUp Numpad3 PageDown End Numpad1 Home Numpad7 ArrowLeft Numpad4 Numpad8 ArrowUp ArrowRight Numpad6 Numpad2 ArrowDown Select Open PrintScreen Insert Numpad0 Delete NumpadDecimal Digit0 Digit1 Digit2 Digit3 Digit4 Digit5 Digit6 Digit7 Digit8 Digit9 KeyA KeyB KeyC KeyD KeyE KeyF KeyG KeyH KeyI KeyJ KeyK KeyL KeyM KeyN KeyO KeyP KeyQ KeyR KeyS KeyT KeyU KeyV KeyW KeyX KeyY KeyZ MetaLeft MetaRight ContextMenu NumpadMultiply NumpadAdd NumpadSubtract NumpadDivide F1 F2 F3 F4 F5 F6 F7 F8 F9 F10 F11 F12 F13 F14 F15 F16 F17 F18 F19 F20 F21 F22 F23 F24 NumLock ScrollLock AudioVolumeMute AudioVolumeDown AudioVolumeUp MediaTrackNext MediaTrackPrevious MediaStop MediaPlayPause Semicolon Equal NumpadEqual Comma Minus Period Slash Backquote BracketLeft Backslash BracketRight Quote AltGraph Props Cancel Clear Shift Control Alt Accept ModeChange Print Execute Meta Attn CrSel ExSel EraseEof Play ZoomOut SoftLeft SoftRight Camera Call EndCall VolumeDown VolumeUp'.split(
    ' ',
  ),
);

export function isKeyName(key: string): boolean {
  return names.has(key) || /^.$/su.test(key);
}

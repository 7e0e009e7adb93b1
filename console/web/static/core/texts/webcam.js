// What pages with a webcam say when there is no picture; they add these to their own.
export default {
  en: {
    'webcam.insecure': 'Browsers give a webcam to secure pages only: open this page by https://, or on this machine by http://localhost.',
    'webcam.unsupported': 'This browser cannot use a webcam.',
    'webcam.denied': 'The browser was told not to use the webcam. Allow it by the camera symbol beside the address, then try again.',
    'webcam.missing': 'No webcam is connected.',
    'webcam.busy': 'Another program is using the webcam. Close it, then try again.',
    'webcam.failed': 'The webcam gives no picture.',
    'webcam.ended': 'The webcam was unplugged or taken away.',
  },
  zh: {
    'webcam.insecure': '浏览器只允许安全页面使用摄像头：请用 https:// 打开本页，或在本机用 http://localhost 打开。',
    'webcam.unsupported': '此浏览器无法使用摄像头。',
    'webcam.denied': '浏览器已禁止使用摄像头。请点击地址栏旁的摄像头图标允许后重试。',
    'webcam.missing': '没有连接摄像头。',
    'webcam.busy': '摄像头正被其他程序使用。请关闭该程序后重试。',
    'webcam.failed': '摄像头没有画面。',
    'webcam.ended': '摄像头已断开或被占用。',
  },
};
